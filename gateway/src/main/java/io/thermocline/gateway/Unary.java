package io.thermocline.gateway;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Answers unary calls away from the threads that serve the streams. */
final class Unary {
  private final Executor pool;

  /**
   * @param pool bounded: when it is full, calls are refused
   */
  Unary(Executor pool) {
    this.pool = pool;
  }

  /** Answers with what the work returns or throws. A call that is over by then is not begun. */
  <T> void answer(StreamObserver<T> out, Supplier<T> work) {
    answerLater(out, () -> CompletableFuture.completedFuture(work.get()));
  }

  /** Answers with what the work's future brings. */
  <T> void answerLater(StreamObserver<T> out, Supplier<CompletableFuture<T>> work) {
    ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) out;
    // Without a handler gRPC throws at whoever answers a call that was given up.
    call.setOnCancelHandler(() -> {});
    pool.execute(() -> begin(call, work));
  }

  private static <T> void begin(
      ServerCallStreamObserver<T> call, Supplier<CompletableFuture<T>> work) {
    if (call.isCancelled()) {
      return;
    }
    CompletableFuture<T> answer;
    try {
      answer = work.get();
    } catch (RuntimeException | Error failure) {
      call.onError(failure);
      return;
    }
    var unused =
        answer.whenComplete(
            (value, failure) -> {
              if (failure != null) {
                call.onError(failure);
              } else {
                call.onNext(value);
                call.onCompleted();
              }
            });
  }
}
