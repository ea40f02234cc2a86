package io.thermocline.client;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.InitProducerRequest;
import io.thermocline.proto.v1.InitProducerResponse;
import io.thermocline.proto.v1.StreamServiceGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** {@code InitProducer} over gRPC. */
record GrpcIdentities(ManagedChannel channel, Duration timeout) implements ProducerIdentity.Giver {

  @Override
  public void ask(Consumer<ProducerIdentity> got, Consumer<Failure> failed) {
    channel.resetConnectBackoff();
    StreamServiceGrpc.newStub(channel)
        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .initProducer(InitProducerRequest.getDefaultInstance(), new Answer(got, failed));
  }

  private static final class Answer implements StreamObserver<InitProducerResponse> {
    private final Consumer<ProducerIdentity> got;
    private final Consumer<Failure> failed;
    private InitProducerResponse answer;

    Answer(Consumer<ProducerIdentity> got, Consumer<Failure> failed) {
      this.got = got;
      this.failed = failed;
    }

    @Override
    public void onNext(InitProducerResponse response) {
      answer = response;
    }

    @Override
    public void onError(Throwable thrown) {
      failed.accept(GrpcFailures.of(thrown));
    }

    @Override
    public void onCompleted() {
      if (answer == null || answer.getProducerId() <= 0 || answer.getWindowBatches() <= 0) {
        failed.accept(
            Failure.of(ErrorKind.INTERNAL, "The server gave no producer id, but: " + answer));
      } else {
        got.accept(new ProducerIdentity(answer.getProducerId(), answer.getWindowBatches()));
      }
    }
  }
}
