package io.thermocline.gateway;

import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.BatchContent;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.Earliest;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.GrantCredit;
import io.thermocline.proto.v1.PausePartition;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.proto.v1.RemovePartition;
import io.thermocline.proto.v1.ResumePartition;
import io.thermocline.proto.v1.SeekPartition;
import io.thermocline.proto.v1.StartPosition;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A Fetch call as a test makes it. */
final class FetchCall {
  static final long PLENTY = 1L << 40;

  final Received<FetchRequest, FetchResponse> received;
  private final StreamObserver<FetchRequest> requests;

  FetchCall(Channel channel) {
    this(channel, false);
  }

  FetchCall(Channel channel, boolean onRequestOnly) {
    received = new Received<>(onRequestOnly);
    requests = StreamServiceGrpc.newStub(channel).fetch(received);
  }

  static StartPosition earliest() {
    return StartPosition.newBuilder().setEarliest(Earliest.getDefaultInstance()).build();
  }

  static StartPosition offset(long offset) {
    return StartPosition.newBuilder().setOffset(offset).build();
  }

  static StartPosition timestamp(long millis) {
    return StartPosition.newBuilder().setTimestamp(millis).build();
  }

  /** What adds partition 0 of a topic, with plenty of credit. */
  static AddPartition.Builder partition(String topic, StartPosition start) {
    return AddPartition.newBuilder()
        .setTopic(topic)
        .setStart(start)
        .setCreditBytes(PLENTY)
        .setPositionId(1);
  }

  FetchCall add(AddPartition.Builder add) {
    return send(FetchRequest.newBuilder().setAdd(add));
  }

  FetchCall seek(String topic, StartPosition start, long positionId) {
    return send(
        FetchRequest.newBuilder()
            .setSeek(
                SeekPartition.newBuilder()
                    .setTopic(topic)
                    .setStart(start)
                    .setPositionId(positionId)));
  }

  FetchCall pause(String topic) {
    return send(FetchRequest.newBuilder().setPause(PausePartition.newBuilder().setTopic(topic)));
  }

  FetchCall resume(String topic) {
    return send(FetchRequest.newBuilder().setResume(ResumePartition.newBuilder().setTopic(topic)));
  }

  FetchCall remove(String topic) {
    return send(FetchRequest.newBuilder().setRemove(RemovePartition.newBuilder().setTopic(topic)));
  }

  FetchCall credit(String topic, long bytes) {
    return send(
        FetchRequest.newBuilder()
            .setCredit(GrantCredit.newBuilder().setTopic(topic).setBytes(bytes)));
  }

  FetchCall send(FetchRequest.Builder request) {
    requests.onNext(request.build());
    return this;
  }

  FetchCall halfClose() {
    requests.onCompleted();
    return this;
  }

  void cancel() {
    received.call().cancel("the test is done", null);
  }

  FetchResponse next() {
    return received.next();
  }

  /** All responses up to the first that satisfies {@code last}, which is the last of them. */
  List<FetchResponse> until(Predicate<FetchResponse> last) {
    List<FetchResponse> responses = new ArrayList<>();
    do {
      responses.add(next());
    } while (!last.test(responses.get(responses.size() - 1)));
    return responses;
  }

  List<FetchResponse> untilDone() {
    return until(FetchResponse::getDone);
  }

  static List<StoredRecord> records(List<FetchResponse> responses) {
    return responses.stream().flatMap(response -> records(response).stream()).toList();
  }

  static List<StoredRecord> records(FetchResponse response) {
    return response.getBatchesList().stream().flatMap(batch -> decode(batch).stream()).toList();
  }

  private static List<StoredRecord> decode(RecordBatch batch) {
    BatchContent content =
        new BatchContent(
            batch.getRecordCount(),
            batch.getLastOffsetDelta(),
            Wire.compression(batch.getCompressionValue()),
            batch.getAttributes(),
            batch.getBaseTimestamp(),
            batch.getUncompressedSize(),
            batch.getCrc32C(),
            java.nio.ByteBuffer.wrap(batch.getPayload().toByteArray()));
    if (content.computeCrc32c() != content.crc32c()) {
      throw new AssertionError("A batch came with a wrong checksum: " + batch.getBaseOffset());
    }
    return TestBatches.decode(batch.getBaseOffset(), content);
  }
}
