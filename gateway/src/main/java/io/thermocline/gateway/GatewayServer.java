package io.thermocline.gateway;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.thermocline.gateway.audit.SystemAudit;
import io.thermocline.gateway.fetch.FetchContext;
import io.thermocline.gateway.fetch.ReplayPace;
import io.thermocline.gateway.fetch.StreamTime;
import io.thermocline.gateway.produce.ProduceContext;
import io.thermocline.gateway.read.ReadGate;
import io.thermocline.gateway.read.ReadPools;
import io.thermocline.gateway.read.TieredReader;
import io.thermocline.gateway.stream.ByteBudget;
import io.thermocline.gateway.stream.OpenStreams;
import io.thermocline.gateway.stream.StreamMetrics;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway while it is open: gRPC on one port, the HTTP side on another. It is serving once
 * {@link #open} returns.
 */
public final class GatewayServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);
  private static final int MAX_RESETS = 200;
  private static final int RESET_WINDOW_SECONDS = 30;

  private final GatewaySettings settings;
  private final GatewayParts parts;
  private final Pools pools;
  private final OpenStreams open = new OpenStreams();
  private final CallGuard guard;
  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;
  private final HttpSide http;
  private volatile boolean closing;
  private Optional<String> lastProblem = Optional.empty();

  private GatewayServer(GatewaySettings settings, GatewayParts parts) throws IOException {
    this.settings = settings;
    this.parts = parts;
    this.pools = new Pools(settings.pools());
    this.guard = new CallGuard(settings.calls().maxOpen(), parts.metrics());
    ErrorStatuses.load();
    Server started = null;
    try {
      started = build().start();
      server = started;
      http =
          new HttpSide(
              new InetSocketAddress(settings.host(), settings.httpPort()),
              pools,
              parts.metricsText(),
              parts.iceberg(),
              this::problem);
    } catch (IOException | RuntimeException failure) {
      if (started != null) {
        started.shutdownNow();
      }
      pools.close();
      throw failure;
    }
    parts.metrics().gauge("thermocline.streams.open", open, OpenStreams::count);
    checkHealth();
    var unused = pools.timer.scheduleWithFixedDelay(this::checkHealth, 1, 1, TimeUnit.SECONDS);
  }

  /**
   * Starts both sides.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when an address can't be
   *     bound; nothing is left open then
   */
  public static GatewayServer open(GatewaySettings settings, GatewayParts parts) {
    try {
      return new GatewayServer(settings, parts);
    } catch (IOException failure) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Could not listen on %s, ports %d (gRPC) and %d (HTTP): %s. Is another server running?"
              .formatted(
                  settings.host(), settings.port(), settings.httpPort(), failure.getMessage()),
          failure);
    }
  }

  private Server build() {
    Unary control = new Unary(pools.control);
    Unary slow = new Unary(pools.slow);
    ReadPools reads =
        new ReadPools(
            new ReadGate(settings.pools().olderReads(), settings.pools().queue(), pools.calls),
            pools.cold);
    TieredReader reader = new TieredReader(parts.hot(), parts.cold(), reads);
    return listening()
        .intercept(guard)
        .addService(StreamMethods.bind(streamCalls(reader, reads, control)))
        .addService(new TopicCalls(parts, reader, control, new Unary(pools.tables), slow))
        .addService(new GroupCalls(parts, control))
        .addService(new TieringCalls(parts, control, slow, audits()))
        .addService(new PolicyCalls(parts, control, slow))
        .addService(new QueryCalls(parts, pools.sql, settings.pools().statements()))
        .addService(health.getHealthService())
        .addService(ProtoReflectionServiceV1.newInstance())
        .build();
  }

  /**
   * The age of connections has no limit: it would cut off followers in the middle of their work.
   */
  private NettyServerBuilder listening() {
    GatewaySettings.Calls calls = settings.calls();
    return NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
        .bossEventLoopGroup(pools.wire)
        .workerEventLoopGroup(pools.wire)
        .channelType(NioServerSocketChannel.class)
        .executor(pools.calls)
        .callExecutor(new StreamMethods.OwnThreads(pools.calls))
        .maxInboundMessageSize(calls.maxMessageBytes())
        .maxInboundMetadataSize(calls.maxMetadataBytes())
        .maxConcurrentCallsPerConnection(calls.maxPerConnection())
        .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
        .keepAliveTime(calls.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveTime(calls.minKeepAlive().toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveWithoutCalls(true)
        .maxConnectionIdle(calls.maxIdle().toMillis(), TimeUnit.MILLISECONDS);
  }

  private StreamCalls streamCalls(TieredReader reader, ReadPools reads, Unary control) {
    StreamMetrics metrics = new StreamMetrics(parts.metrics());
    return new StreamCalls(
        produceContext(metrics),
        fetchContext(reader, metrics),
        new ProducerCalls(parts, pools.control),
        new PlainCalls(parts, reader, settings.streams(), pools.control),
        new OffsetQueries(parts, reader, reads, control));
  }

  private ProduceContext produceContext(StreamMetrics metrics) {
    return new ProduceContext(
        parts.topics(),
        parts.hot(),
        pools.calls,
        settings.streams(),
        budget("produce", settings.streams().produceTotalBytes()),
        metrics,
        open);
  }

  private FetchContext fetchContext(TieredReader reader, StreamMetrics metrics) {
    return new FetchContext(
        parts.topics(),
        parts.hot(),
        reader,
        pools.calls,
        settings.streams(),
        budget("fetch", settings.streams().fetchTotalBytes()),
        new PoolTime(),
        replayPace(),
        metrics,
        open);
  }

  private AuditContext audits() {
    return new AuditContext(
        new SystemAudit(parts.topics(), parts.hot(), parts.cold(), parts.secondReader()),
        pools.audit,
        new Semaphore(1),
        settings.verifyBytesPerSecond(),
        open);
  }

  private ByteBudget budget(String name, long bytes) {
    ByteBudget budget = new ByteBudget(bytes);
    parts.metrics().gauge("thermocline." + name + ".buffered", budget, ByteBudget::taken);
    return budget;
  }

  private ReplayPace replayPace() {
    ReplayPace pace = new ReplayPace(System.nanoTime());
    parts
        .metrics()
        .gauge(
            "thermocline.fetch.rest.seconds",
            pace,
            resting -> resting.rest(System.nanoTime()) / (double) TimeUnit.SECONDS.toNanos(1));
    return pace;
  }

  /** The streams' sense of time. */
  private final class PoolTime implements StreamTime {
    @Override
    public Runnable every(Runnable beat) {
      long millis = settings.heartbeat().toMillis();
      ScheduledFuture<?> beating =
          pools.timer.scheduleWithFixedDelay(beat, millis, millis, TimeUnit.MILLISECONDS);
      return () -> beating.cancel(false);
    }

    @Override
    public void after(long nanos, Runnable step) {
      var unused = pools.timer.schedule(step, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }
  }

  private Optional<String> problem() {
    return closing ? Optional.of("The server is shutting down") : parts.problem().get();
  }

  private synchronized void checkHealth() {
    if (closing) {
      return;
    }
    Optional<String> problem;
    try {
      problem = problem();
    } catch (RuntimeException failure) {
      LOG.error("Could not find out whether the server is well", failure);
      problem = Optional.of("Its health is unknown: " + failure.getMessage());
    }
    if (!problem.equals(lastProblem)) {
      problem.ifPresentOrElse(
          text -> LOG.error("Not serving problem={}", text), () -> LOG.info("Serving again"));
    }
    lastProblem = problem;
    health.setStatus(
        HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
        problem.isEmpty() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /** The port gRPC listens on. */
  public int port() {
    return server.getPort();
  }

  /** The port the HTTP side listens on. */
  public int httpPort() {
    return http.port();
  }

  /**
   * Takes no new calls, asks the open ones to end, waits for them as long as the settings say, then
   * cuts off what is left. Harmless to repeat.
   */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    health.enterTerminalState();
    server.shutdown();
    guard.endWatches();
    open.drain();
    try {
      if (!server.awaitTermination(settings.drain().toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Cutting off open calls after={} streams={}", settings.drain(), open.count());
        server.shutdownNow();
        if (!server.awaitTermination(settings.drain().toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.warn("Calls are still open although they were cut off");
        }
      }
    } catch (InterruptedException hurried) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    http.close();
    pools.close();
  }
}
