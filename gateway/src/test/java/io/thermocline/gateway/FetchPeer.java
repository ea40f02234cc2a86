package io.thermocline.gateway;

import io.grpc.stub.ServerCallStreamObserver;
import io.thermocline.gateway.fetch.FetchAnswer;
import java.util.ArrayList;
import java.util.List;

/** The other end of a Fetch call without a network: takes what is sent, while it is ready. */
final class FetchPeer extends ServerCallStreamObserver<FetchAnswer> {
  final List<FetchAnswer> answers = new ArrayList<>();
  private Runnable onReady = () -> {};
  private boolean ready = true;

  /** Takes no more until {@link #goOn}. */
  void hesitate() {
    ready = false;
  }

  void goOn() {
    ready = true;
    onReady.run();
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void onNext(FetchAnswer answer) {
    answers.add(answer);
  }

  @Override
  public void onError(Throwable failure) {
    throw new AssertionError("The call failed", failure);
  }

  @Override
  public void onCompleted() {}

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void disableAutoRequest() {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}
}
