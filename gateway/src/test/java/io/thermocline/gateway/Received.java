package io.thermocline.gateway;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.thermocline.testkit.Await;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The answers of a stream as they come, and how it ended. */
final class Received<Q, A> implements ClientResponseObserver<Q, A> {
  private final BlockingQueue<A> answers = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final boolean onRequestOnly;
  private ClientCallStreamObserver<Q> call;

  /**
   * @param onRequestOnly whether answers are taken in only as they are asked for
   */
  Received(boolean onRequestOnly) {
    this.onRequestOnly = onRequestOnly;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> started) {
    call = started;
    if (onRequestOnly) {
      started.disableAutoRequestWithInitial(0);
    }
  }

  ClientCallStreamObserver<Q> call() {
    return call;
  }

  @Override
  public void onNext(A answer) {
    answers.add(answer);
  }

  @Override
  public void onError(Throwable failure) {
    Status status = Status.fromThrowable(failure).withCause(failure);
    ended.complete(status);
  }

  @Override
  public void onCompleted() {
    ended.complete(Status.OK);
  }

  /** The next answer. */
  A next() {
    try {
      A answer = answers.poll(Await.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null) {
        throw new AssertionError("No answer came; ended: " + ended.getNow(null));
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** How many came that were not looked at. */
  int waiting() {
    return answers.size();
  }

  /** How the stream ended. */
  Status end() {
    return Await.result(ended);
  }
}
