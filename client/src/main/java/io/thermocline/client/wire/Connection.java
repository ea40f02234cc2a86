package io.thermocline.client.wire;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;

/**
 * One connection of a client, and what can be done over it. It connects when it is first used, and
 * again whenever it is lost. Thread-safe.
 */
public final class Connection implements AutoCloseable {
  private final Connections all;
  private final ManagedChannel channel;
  private final EventLoopGroup thread;

  /**
   * @param all where it is let go of
   * @param thread moves its bytes, and is there until it is over
   */
  Connection(Connections all, ManagedChannel channel, EventLoopGroup thread) {
    this.all = all;
    this.channel = channel;
    this.thread = thread;
  }

  ManagedChannel channel() {
    return channel;
  }

  EventLoopGroup thread() {
    return thread;
  }

  /**
   * Plain calls.
   *
   * @param timeout how long one may take
   * @param longTimeout how long one may take that is known to take longer
   */
  public Calls calls(Duration timeout, Duration longTimeout) {
    return new Calls(channel, timeout, longTimeout);
  }

  /** Calls of a method to which little is sent. Closing what opens them closes this. */
  public <Q, R> Stream.Opener<Q, R> streams(MethodDescriptor<Q, R> method) {
    return new GrpcStreams<>(this, method, CallOptions.DEFAULT.withExecutor(Runnable::run));
  }

  /**
   * As the other one, for a method to which much is sent.
   *
   * @param readyBytes a stream is ready for more while fewer bytes than these wait to be sent
   */
  public <Q, R> Stream.Opener<Q, R> streams(MethodDescriptor<Q, R> method, int readyBytes) {
    return new GrpcStreams<>(
        this,
        method,
        CallOptions.DEFAULT.withOnReadyThreshold(readyBytes).withExecutor(Runnable::run));
  }

  /** Lets go of it once its calls have ended. Does not wait; harmless to repeat. */
  @Override
  public void close() {
    all.close(this);
  }
}
