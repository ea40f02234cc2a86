package io.thermocline.client.consumer;

import io.thermocline.client.wire.ErrorAnswers;
import io.thermocline.client.wire.GrpcFailures;
import io.thermocline.client.wire.Stream;
import io.thermocline.client.wire.WireBatch;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.RecordBatch;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.OffsetRange;
import io.thermocline.proto.v1.Tier;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayList;
import java.util.List;

/** The other end of fetch streams, moved by hand. */
final class FakeFetchServer implements Stream.Opener<FetchRequest, FetchResponse> {
  final List<FetchRequest> received = new ArrayList<>();
  int streams;
  boolean connectionClosed;
  private Stream.Events<FetchResponse> events;
  private boolean closeAtOnce;
  private boolean refuse;

  @Override
  public Stream<FetchRequest> open(Stream.Events<FetchResponse> streamEvents) {
    streams++;
    events = streamEvents;
    received.clear();
    if (refuse) {
      drop();
    }
    return new Stream<>() {
      @Override
      public boolean isReady() {
        return true;
      }

      @Override
      public void send(FetchRequest message) {
        received.add(message);
        if (closeAtOnce && message.hasAdd()) {
          drop();
        }
      }

      @Override
      public void halfClose() {}

      @Override
      public void cancel(String reason) {}
    };
  }

  @Override
  public void close() {
    connectionClosed = true;
  }

  /** While true, streams are over before the caller has them. */
  void refuse(boolean now) {
    refuse = now;
  }

  /** While true, streams end at the first partition they are asked for, on that very thread. */
  void closeEachStream(boolean now) {
    closeAtOnce = now;
  }

  AddPartition add(int index) {
    return received.stream().filter(FetchRequest::hasAdd).toList().get(index).getAdd();
  }

  /** Where the client is now in partition 0, by its last add or seek. */
  long positionId() {
    long id = 0;
    for (FetchRequest request : received) {
      if (request.hasAdd() && request.getAdd().getPartition() == 0) {
        id = request.getAdd().getPositionId();
      } else if (request.hasSeek()) {
        id = request.getSeek().getPositionId();
      }
    }
    return id;
  }

  long granted() {
    return received.stream()
        .filter(FetchRequest::hasCredit)
        .mapToLong(request -> request.getCredit().getBytes())
        .sum();
  }

  void answer(FetchResponse.Builder response) {
    events.message(response.setTopic("t").setPartition(0).build());
  }

  void drop() {
    end(io.grpc.Status.UNAVAILABLE.withDescription("gone"));
  }

  /** Ends the stream. */
  void end(io.grpc.Status status) {
    events.closed(GrpcFailures.of(status, null));
  }

  /** There is a connection. */
  void ready() {
    events.ready();
  }

  /** A response with plain records [from, to). */
  FetchResponse.Builder records(long from, long to) {
    RecordBatch batch =
        TestBatches.batch(
            io.thermocline.model.Compression.NONE, 5, Records.plain(from, (int) (to - from)));
    return heartbeat(to).addBatches(wire(batch)).setCaughtUp(false);
  }

  FetchResponse.Builder heartbeat(long next) {
    return FetchResponse.newBuilder()
        .setPositionId(positionId())
        .setTier(Tier.TIER_COLD)
        .setNextOffset(next)
        .setEnd(100)
        .setCaughtUp(true);
  }

  FetchResponse.Builder error(ErrorKind kind) {
    return FetchResponse.newBuilder().setPositionId(positionId()).setError(ErrorAnswers.of(kind));
  }

  static OffsetRange range(long from, long to) {
    return OffsetRange.newBuilder().setFrom(from).setTo(to).build();
  }

  static io.thermocline.proto.v1.RecordBatch wire(RecordBatch batch) {
    return WireBatch.toProto(batch.content()).toBuilder()
        .setBaseOffset(batch.baseOffset())
        .setMaxTimestamp(batch.maxTimestampMillis())
        .setAppendTime(batch.appendTimeMillis())
        .build();
  }
}
