package io.thermocline.client.wire;

import io.grpc.stub.StreamObserver;
import io.thermocline.client.failure.Failure;
import io.thermocline.model.ErrorKind;
import java.util.function.Consumer;

/** Hands on the one answer of a call once it is over, or why there is none. */
final class OneAnswer<T> implements StreamObserver<T> {
  private final Consumer<T> got;
  private final Consumer<Failure> failed;
  private T answer;

  OneAnswer(Consumer<T> got, Consumer<Failure> failed) {
    this.got = got;
    this.failed = failed;
  }

  @Override
  public void onNext(T message) {
    answer = message;
  }

  @Override
  public void onError(Throwable thrown) {
    failed.accept(GrpcFailures.of(thrown));
  }

  @Override
  public void onCompleted() {
    if (answer == null) {
      failed.accept(Failure.of(ErrorKind.INTERNAL, "The server ended the call without an answer"));
    } else {
      got.accept(answer);
    }
  }
}
