package io.thermocline.client.producer;

import io.thermocline.client.wire.ErrorAnswers;
import io.thermocline.client.wire.GrpcFailures;
import io.thermocline.client.wire.Stream;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import java.util.ArrayList;
import java.util.List;

/** The other end of produce streams, moved by hand. */
final class FakeProduceServer implements Stream.Opener<ProduceRequest, ProduceResponse> {
  /** What came over the latest stream and was not answered, oldest first. */
  final List<ProduceRequest> unanswered = new ArrayList<>();

  final List<ProduceRequest> received = new ArrayList<>();
  int streams;
  boolean ready = true;
  boolean cancelled;
  boolean halfClosed;
  boolean connectionClosed;
  private long nextOffset;
  private Stream.Events<ProduceResponse> events;

  @Override
  public Stream<ProduceRequest> open(Stream.Events<ProduceResponse> streamEvents) {
    streams++;
    events = streamEvents;
    unanswered.clear();
    return new Stream<>() {
      @Override
      public boolean isReady() {
        return ready;
      }

      @Override
      public void send(ProduceRequest message) {
        unanswered.add(message);
        received.add(message);
      }

      private boolean over;

      @Override
      public void halfClose() {
        if (over) {
          throw new IllegalStateException("The call was canceled");
        }
        halfClosed = true;
      }

      @Override
      public void cancel(String reason) {
        cancelled = true;
        over = true;
      }
    };
  }

  @Override
  public void close() {
    connectionClosed = true;
  }

  /** Stores the oldest batch, and says so. */
  void acknowledge() {
    ProduceRequest request = unanswered.remove(0);
    long base = nextOffset;
    nextOffset += request.getBatch().getRecordCount();
    events.message(
        ProduceResponse.newBuilder()
            .setRequestId(request.getRequestId())
            .setBaseOffset(base)
            .setAppendTime(77)
            .build());
  }

  /** Says where the oldest batch is stored. */
  void acknowledgeAt(long offset) {
    ProduceRequest request = unanswered.remove(0);
    events.message(
        ProduceResponse.newBuilder()
            .setRequestId(request.getRequestId())
            .setBaseOffset(offset)
            .build());
  }

  /** Refuses the oldest batch. */
  void refuse(ErrorKind kind) {
    refuse(kind, "end", "7");
  }

  /** Refuses the oldest batch with a detail. */
  void refuse(ErrorKind kind, String detail, String value) {
    ProduceRequest request = unanswered.remove(0);
    events.message(
        ProduceResponse.newBuilder()
            .setRequestId(request.getRequestId())
            .setError(ErrorAnswers.of(kind, detail, value))
            .build());
  }

  /** Answers what was never asked. */
  void acknowledgeUnknown() {
    events.message(ProduceResponse.newBuilder().setRequestId(1_000_000).build());
  }

  void drop() {
    unanswered.clear();
    events.closed(GrpcFailures.of(io.grpc.Status.UNAVAILABLE.withDescription("gone"), null));
  }
}
