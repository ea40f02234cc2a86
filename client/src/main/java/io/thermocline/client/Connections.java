package io.thermocline.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client's connections to its server. Each producer and each consumer has one of its own, with a
 * thread of its own: what one of them has on the wire, a replay's megabytes, say, holds up no
 * other. Thread-safe.
 */
final class Connections implements AutoCloseable {
  private static final int MIB = 1 << 20;

  /** Room for the largest batch, and its fields. */
  private static final int MAX_MESSAGE_BYTES = 34 * MIB;

  private static final int FLOW_CONTROL_WINDOW = 4 * MIB;

  private static final long CLOSE_SECONDS = 5;

  private final String address;
  private final Duration keepAlive;

  /** All that are not over, also those that were let go of. Guarded by this. */
  private final List<Connection> open = new ArrayList<>();

  private boolean closed;

  /**
   * A connection.
   *
   * @param thread moves its bytes, and is there until it is over
   */
  private record Connection(ManagedChannel channel, EventLoopGroup thread) {
    void endThread() {
      var unused = thread.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  Connections(String address, Duration keepAlive) {
    this.address = address;
    this.keepAlive = keepAlive;
  }

  /**
   * Connects when it is first used, and again whenever the connection is lost.
   *
   * @throws IllegalArgumentException when the address is none
   * @throws IllegalStateException once all were let go of
   */
  synchronized ManagedChannel open() {
    if (closed) {
      throw new IllegalStateException("The client is closed");
    }
    forgetThoseThatAreOver();
    EventLoopGroup thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("thermocline-wire", true), NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(address)
            .eventLoopGroup(thread)
            .channelType(NioSocketChannel.class)
            .usePlaintext()
            // Calls that were sent are never sent again unasked: a write would be applied twice.
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .flowControlWindow(FLOW_CONTROL_WINDOW)
            .keepAliveTime(keepAlive.toNanos(), TimeUnit.NANOSECONDS)
            .build();
    open.add(new Connection(channel, thread));
    return channel;
  }

  private void forgetThoseThatAreOver() {
    for (Iterator<Connection> each = open.iterator(); each.hasNext(); ) {
      Connection connection = each.next();
      if (connection.channel().isTerminated()) {
        connection.endThread();
        each.remove();
      }
    }
  }

  /** Lets go of one once its calls have ended. Does not wait; harmless to repeat. */
  void close(ManagedChannel channel) {
    channel.shutdown();
  }

  /**
   * Lets go of all, those included that were let go of before and whose calls go on; calls that are
   * still running after some seconds fail.
   */
  @Override
  public void close() {
    List<Connection> all = closeAll();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    try {
      for (Connection connection : all) {
        ManagedChannel channel = connection.channel();
        if (!channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          channel.shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      all.forEach(connection -> connection.channel().shutdownNow());
      Thread.currentThread().interrupt();
    } finally {
      all.forEach(Connection::endThread);
    }
  }

  private synchronized List<Connection> closeAll() {
    closed = true;
    open.forEach(connection -> connection.channel().shutdown());
    return List.copyOf(open);
  }
}
