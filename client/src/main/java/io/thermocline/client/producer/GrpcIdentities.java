package io.thermocline.client.producer;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.wire.Calls;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.InitProducerRequest;
import io.thermocline.proto.v1.InitProducerResponse;
import io.thermocline.proto.v1.StreamServiceGrpc;
import java.util.function.Consumer;

/** {@code InitProducer} over gRPC. */
record GrpcIdentities(Calls calls) implements ProducerIdentity.Giver {

  @Override
  public void ask(Consumer<ProducerIdentity> got, Consumer<Failure> failed) {
    calls.<StreamServiceGrpc.StreamServiceStub, InitProducerResponse>asking(
        StreamServiceGrpc::newStub,
        (streams, answer) -> streams.initProducer(InitProducerRequest.getDefaultInstance(), answer),
        answer -> handOver(answer, got, failed),
        failed);
  }

  private static void handOver(
      InitProducerResponse answer, Consumer<ProducerIdentity> got, Consumer<Failure> failed) {
    if (answer.getProducerId() <= 0 || answer.getWindowBatches() <= 0) {
      failed.accept(
          Failure.of(ErrorKind.INTERNAL, "The server gave no producer id, but: " + answer));
    } else {
      got.accept(new ProducerIdentity(answer.getProducerId(), answer.getWindowBatches()));
    }
  }
}
