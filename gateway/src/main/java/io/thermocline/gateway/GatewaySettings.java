package io.thermocline.gateway;

import io.thermocline.gateway.stream.StreamSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.Objects;

/**
 * Where the gateway listens, and its bounds.
 *
 * @param host address both sides bind to
 * @param port of gRPC; 0 takes a free one
 * @param httpPort of the HTTP side; 0 takes a free one
 * @param calls what connections and calls may use
 * @param streams what produce and fetch streams may use
 * @param pools how many threads do what
 * @param heartbeat a fetched partition with nothing new says so this often
 * @param verifyBytesPerSecond what an audit reads at most, of both tiers together
 * @param drain how long closing waits for open calls to end by themselves
 */
public record GatewaySettings(
    String host,
    int port,
    int httpPort,
    Calls calls,
    StreamSettings streams,
    Pools pools,
    Duration heartbeat,
    long verifyBytesPerSecond,
    Duration drain) {

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  /**
   * Bounds of connections and calls.
   *
   * @param maxMessageBytes largest message taken; a batch of the largest size has to fit
   * @param maxMetadataBytes headers of one call
   * @param maxPerConnection calls open at once on one connection
   * @param maxOpen calls open at once on all of them; more are refused
   * @param keepAlive a silent connection is asked for a sign of life this often
   * @param minKeepAlive clients that ask more often than this are cut off
   * @param maxIdle a connection without calls is closed after this
   */
  public record Calls(
      int maxMessageBytes,
      int maxMetadataBytes,
      int maxPerConnection,
      int maxOpen,
      Duration keepAlive,
      Duration minKeepAlive,
      Duration maxIdle) {
    public Calls {
      positive("calls.maxMessageBytes", maxMessageBytes);
      positive("calls.maxMetadataBytes", maxMetadataBytes);
      positive("calls.maxPerConnection", maxPerConnection);
      positive("calls.maxOpen", maxOpen);
      positive("calls.keepAlive", keepAlive);
      positive("calls.minKeepAlive", minKeepAlive);
      positive("calls.maxIdle", maxIdle);
    }
  }

  /**
   * Threads. A follower at the end of its partition uses none.
   *
   * @param calls run the calls' own steps; nothing on them waits
   * @param olderReads no threads, but reads of older records from local disk that may be under way
   *     at once: fewer than the hot tier has threads for, so that fresh ones find one free
   * @param cold read from the cold tier
   * @param control carry out short unary calls that touch the local disk at most
   * @param slow carry out tiering runs, plans and deletions of topics
   * @param statements carry out SQL, and how many statements there are at once: those that run,
   *     those that wait in the engine for their turn, and those whose answer is held until its
   *     reader took it; more are refused
   * @param queue tasks that may wait for each of the others
   */
  public record Pools(
      int calls, int olderReads, int cold, int control, int slow, int statements, int queue) {
    public Pools {
      positive("pools.calls", calls);
      positive("pools.olderReads", olderReads);
      positive("pools.cold", cold);
      positive("pools.control", control);
      positive("pools.slow", slow);
      positive("pools.statements", statements);
      positive("pools.queue", queue);
    }
  }

  public GatewaySettings {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(calls, "calls");
    Objects.requireNonNull(streams, "streams");
    Objects.requireNonNull(pools, "pools");
    port("port", port);
    port("httpPort", httpPort);
    positive("heartbeat", heartbeat);
    positive("verifyBytesPerSecond", verifyBytesPerSecond);
    positive("drain", drain);
  }

  /** The defaults: loopback, gRPC on 7400, HTTP on 7401. */
  public static GatewaySettings defaults() {
    return new GatewaySettings(
        "127.0.0.1",
        7400,
        7401,
        new Calls(
            34 * MIB,
            16 * KIB,
            256,
            4096,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofMinutes(15)),
        new StreamSettings(16 * MIB, 64 * MIB, MIB, 3 * MIB + 512 * KIB, 64 * MIB, 1024),
        new Pools(Math.max(4, 2 * Runtime.getRuntime().availableProcessors()), 2, 4, 4, 4, 8, 4096),
        Duration.ofSeconds(5),
        64L * MIB,
        Duration.ofSeconds(10));
  }

  /** The same settings at another address. */
  public GatewaySettings listeningOn(String newHost, int newPort, int newHttpPort) {
    return new GatewaySettings(
        newHost,
        newPort,
        newHttpPort,
        calls,
        streams,
        pools,
        heartbeat,
        verifyBytesPerSecond,
        drain);
  }

  /** The same settings with other bounds for streams. */
  public GatewaySettings with(StreamSettings newStreams) {
    return new GatewaySettings(
        host, port, httpPort, calls, newStreams, pools, heartbeat, verifyBytesPerSecond, drain);
  }

  /** The same settings with other bounds for calls. */
  public GatewaySettings with(Calls newCalls) {
    return new GatewaySettings(
        host, port, httpPort, newCalls, streams, pools, heartbeat, verifyBytesPerSecond, drain);
  }

  /** The same settings with another heartbeat and another time to drain. */
  public GatewaySettings with(Duration newHeartbeat, Duration newDrain) {
    return new GatewaySettings(
        host, port, httpPort, calls, streams, pools, newHeartbeat, verifyBytesPerSecond, newDrain);
  }

  /** The same settings with another number of SQL statements at once. */
  public GatewaySettings taking(int statements) {
    return new GatewaySettings(
        host,
        port,
        httpPort,
        calls,
        streams,
        new Pools(
            pools.calls(),
            pools.olderReads(),
            pools.cold(),
            pools.control(),
            pools.slow(),
            statements,
            pools.queue()),
        heartbeat,
        verifyBytesPerSecond,
        drain);
  }

  /** The same settings with another pace of audits. */
  public GatewaySettings verifyingAt(long newVerifyBytesPerSecond) {
    return new GatewaySettings(
        host, port, httpPort, calls, streams, pools, heartbeat, newVerifyBytesPerSecond, drain);
  }

  private static void port(String name, int port) {
    if (port < 0 || port > 65_535) {
      throw invalid(name, port, "a port is 0 (any free one) to 65535");
    }
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw invalid(name, value, "it has to be more than 0");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw invalid(name, value, "it has to be longer than 0");
    }
  }

  private static ThermoclineException invalid(String name, Object value, String rule) {
    return new ThermoclineException(ErrorKind.INVALID, name + " is " + value + ": " + rule);
  }
}
