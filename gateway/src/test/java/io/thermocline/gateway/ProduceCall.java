package io.thermocline.gateway;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.proto.v1.StreamServiceGrpc;

/** A Produce call as a test makes it. */
final class ProduceCall {
  final Received<ProduceRequest, ProduceResponse> received = new Received<>(false);
  private final StreamObserver<ProduceRequest> requests;

  ProduceCall(Channel channel) {
    requests = StreamServiceGrpc.newStub(channel).produce(received);
  }

  ProduceCall send(long requestId, String topic, int partition, RecordBatch batch) {
    return send(
        ProduceRequest.newBuilder()
            .setRequestId(requestId)
            .setTopic(topic)
            .setPartition(partition)
            .setBatch(batch)
            .build());
  }

  ProduceCall send(ProduceRequest request) {
    requests.onNext(request);
    return this;
  }

  ProduceResponse next() {
    return received.next();
  }

  void cancel() {
    received.call().cancel("the test is done", null);
  }

  /** Sends no more, and waits for the end. */
  Status end() {
    requests.onCompleted();
    return received.end();
  }
}
