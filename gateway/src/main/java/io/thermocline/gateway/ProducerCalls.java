package io.thermocline.gateway;

import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.proto.v1.InitProducerResponse;
import io.thermocline.proto.v1.RaiseFenceRequest;
import io.thermocline.proto.v1.RaiseFenceResponse;
import java.security.SecureRandom;
import java.util.concurrent.Executor;

/** What producers ask for before they produce: {@code InitProducer} and {@code RaiseFence}. */
final class ProducerCalls {
  private final TopicRegistry topics;
  private final HotTier hot;
  private final Unary unary;
  private final SecureRandom ids = new SecureRandom();

  ProducerCalls(GatewayParts parts, Executor control) {
    this.topics = parts.topics();
    this.hot = parts.hot();
    this.unary = new Unary(control);
  }

  void init(StreamObserver<InitProducerResponse> out) {
    unary.answer(
        out,
        () -> {
          int window = hot.capabilities().producerWindowBatches();
          if (window == 0) {
            throw new ThermoclineException(
                ErrorKind.UNSUPPORTED,
                "This server tells no repeats from new batches: produce without a sequence");
          }
          return InitProducerResponse.newBuilder()
              .setProducerId(newId())
              .setWindowBatches(window)
              .build();
        });
  }

  /** Random, so that it needs no place to be remembered: of 63 bits, no two are ever the same. */
  private long newId() {
    long id;
    do {
      id = ids.nextLong() & Long.MAX_VALUE;
    } while (id == 0);
    return id;
  }

  void raiseFence(RaiseFenceRequest request, StreamObserver<RaiseFenceResponse> out) {
    unary.answerLater(
        out,
        () -> {
          TopicPartition id = topics.require(request.getTopic()).partition(request.getPartition());
          if (!hot.capabilities().fences()) {
            throw new ThermoclineException(
                ErrorKind.UNSUPPORTED, "This server has no fences: produce without a token");
          }
          if (request.getExpected() < 0) {
            throw Wire.invalid(
                "expected", "is " + request.getExpected() + ": it is 0 for no fence, or a token");
          }
          if (request.getToken() <= request.getExpected()) {
            throw Wire.invalid(
                "token",
                "is %d: a fence only rises, and the expected one is %d"
                    .formatted(request.getToken(), request.getExpected()));
          }
          return hot.raiseFence(id, request.getExpected(), request.getToken())
              .thenApply(token -> RaiseFenceResponse.newBuilder().setToken(token).build());
        });
  }
}
