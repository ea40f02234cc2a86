package io.thermocline.client.wire;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * Bidirectional calls over a connection of their own. Whoever opens them decides how long to wait
 * between two tries, so the channel's own pauses, which grow to two minutes, are cut short.
 *
 * @param options with an executor that runs at once: what comes is only put down for whoever opened
 *     the call, so there is no need of one more thread between
 */
record GrpcStreams<Q, R>(Connection connection, MethodDescriptor<Q, R> method, CallOptions options)
    implements Stream.Opener<Q, R> {
  /** Messages that may wait for the application's thread; their bytes are bounded by the caller. */
  private static final int INBOUND_MESSAGES = 16;

  @Override
  public Stream<Q> open(Stream.Events<R> events) {
    connection.channel().resetConnectBackoff();
    ClientCall<Q, R> call = connection.channel().newCall(method, options);
    call.start(new Listener<>(call, events), new Metadata());
    call.request(INBOUND_MESSAGES);
    return new Open<>(call);
  }

  @Override
  public void close() {
    connection.close();
  }

  private record Open<Q>(ClientCall<Q, ?> call) implements Stream<Q> {
    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(Q message) {
      call.sendMessage(message);
    }

    @Override
    public void halfClose() {
      call.halfClose();
    }

    @Override
    public void cancel(String reason) {
      call.cancel(reason, null);
    }
  }

  private static final class Listener<R> extends ClientCall.Listener<R> {
    private final ClientCall<?, R> call;
    private final Stream.Events<R> events;

    Listener(ClientCall<?, R> call, Stream.Events<R> events) {
      this.call = call;
      this.events = events;
    }

    @Override
    public void onMessage(R message) {
      events.message(message);
      call.request(1);
    }

    @Override
    public void onReady() {
      events.ready();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      events.closed(GrpcFailures.of(status, trailers));
    }
  }
}
