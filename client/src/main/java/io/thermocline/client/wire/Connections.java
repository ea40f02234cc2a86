package io.thermocline.client.wire;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client's connections to its server. Each producer and each consumer has one of its own, with a
 * thread of its own: what one of them has on the wire, a replay's megabytes, say, holds up no
 * other. Thread-safe.
 */
public final class Connections implements AutoCloseable {
  private static final int MIB = 1 << 20;

  /** The largest message taken in, in bytes: room for the largest batch, and its fields. */
  public static final int MAX_MESSAGE_BYTES = 34 * MIB;

  private static final int FLOW_CONTROL_WINDOW = 4 * MIB;

  private static final long CLOSE_SECONDS = 5;
  private static final long LOOK_MILLIS = 100;

  /** For what others still have to tell a connection's thread; Netty logs what it can't. */
  private static final long QUIET_MILLIS = 100;

  private final String address;
  private final Duration keepAlive;

  /**
   * All that are not over, also those that were let go of: their threads were not ended. Guarded by
   * this, which is not held while channels are shut down: that tells whoever uses them.
   */
  private final List<Connection> open = new ArrayList<>();

  private boolean closed;

  /**
   * Connections to one server, none of which is open yet.
   *
   * @param address as in {@code localhost:7400}
   * @param keepAlive how long a silent one is trusted before it is probed
   */
  public Connections(String address, Duration keepAlive) {
    this.address = address;
    this.keepAlive = keepAlive;
  }

  /**
   * Connects when it is first used, and again whenever the connection is lost.
   *
   * @throws IllegalArgumentException when the address is none
   * @throws IllegalStateException once all were let go of
   */
  public synchronized Connection open() {
    if (closed) {
      throw new IllegalStateException("The client is closed");
    }
    EventLoopGroup thread =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("thermocline-wire", true), NioIoHandler.newFactory());
    Connection connection = null;
    try {
      connection = new Connection(this, channel(thread), thread);
      open.add(connection);
      return connection;
    } finally {
      if (connection == null) {
        endThread(thread);
      }
    }
  }

  private ManagedChannel channel(EventLoopGroup thread) {
    return NettyChannelBuilder.forTarget(address)
        .eventLoopGroup(thread)
        .channelType(NioSocketChannel.class)
        .usePlaintext()
        // Calls that were sent are never sent again unasked: a write would be applied twice.
        .disableRetry()
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .flowControlWindow(FLOW_CONTROL_WINDOW)
        .keepAliveTime(keepAlive.toNanos(), TimeUnit.NANOSECONDS)
        .build();
  }

  /**
   * Lets go of one once its calls have ended; its thread ends then too. Does not wait; harmless to
   * repeat.
   */
  void close(Connection connection) {
    connection.channel().shutdown();
    synchronized (this) {
      if (open.contains(connection)) {
        endOnceItIsOver(connection);
      }
    }
  }

  /** Its own thread looks, as a channel does not tell. */
  private void endOnceItIsOver(Connection connection) {
    var unused =
        connection
            .thread()
            .scheduleWithFixedDelay(() -> endIfOver(connection), 0, LOOK_MILLIS, MILLISECONDS);
  }

  private synchronized void endIfOver(Connection connection) {
    if (connection.channel().isTerminated() && open.remove(connection)) {
      endThread(connection.thread());
    }
  }

  private static void endThread(EventLoopGroup thread) {
    var unused =
        thread.shutdownGracefully(
            QUIET_MILLIS, TimeUnit.SECONDS.toMillis(CLOSE_SECONDS), MILLISECONDS);
  }

  /**
   * Lets go of all, those included that were let go of before and whose calls go on; calls that are
   * still running after some seconds fail.
   */
  @Override
  public void close() {
    List<Connection> all = takeAll();
    all.forEach(connection -> connection.channel().shutdown());
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
      all.forEach(connection -> endThread(connection.thread()));
    }
  }

  /** None is opened from here on, and the threads of these are the caller's to end. */
  private synchronized List<Connection> takeAll() {
    closed = true;
    List<Connection> all = List.copyOf(open);
    open.clear();
    return all;
  }
}
