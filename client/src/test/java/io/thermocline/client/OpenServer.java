package io.thermocline.client;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.client.admin.Admin;
import io.thermocline.gateway.GatewayParts;
import io.thermocline.gateway.GatewayServer;
import io.thermocline.gateway.GatewaySettings;
import io.thermocline.gateway.HttpPages;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.HotTier;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryGroupOffsets;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The real gateway over the fakes of both tiers, and a client of it. */
public final class OpenServer implements AutoCloseable {
  final ManualClock clock = ManualClock.start();
  final MemoryTopics topics = new MemoryTopics(clock);
  final MemoryHotTier hot = new MemoryHotTier(topics, clock);
  final MemoryColdTier cold = new MemoryColdTier();
  final CopyTiering tiering = new CopyTiering(topics, hot, cold);
  final MemoryGroupOffsets groups = new MemoryGroupOffsets(topics);
  private final HotTier seenHot;
  GatewayServer server;
  public final ThermoclineClient client;

  /** A server with nothing stored. */
  public OpenServer() {
    this.seenHot = hot;
    this.server = open(0);
    this.client = connect();
  }

  /** A server that does something else when it is asked to append. */
  public OpenServer(AppendStep step) {
    this.seenHot = stepping(hot, step);
    this.server = open(0);
    this.client = connect();
  }

  /** What a test does instead of an append. */
  public interface AppendStep {
    /** Answers it, or lets the real tier. */
    CompletableFuture<Appended> append(
        HotTier real, TopicPartition id, BatchContent batch, AppendConditions conditions);
  }

  /** The client's. */
  public Admin admin() {
    return client.admin();
  }

  TopicPartition partition(String topic, int number) {
    return topics.find(topic).orElseThrow().partition(number);
  }

  /** Closes the server and opens another one on the same port, over the same records. */
  public void restart() {
    int port = server.port();
    server.close();
    server = open(port);
  }

  private ThermoclineClient connect() {
    return ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults());
  }

  private GatewayServer open(int port) {
    return GatewayServer.open(
        GatewaySettings.defaults()
            .listeningOn("127.0.0.1", port, 0)
            .with(Duration.ofSeconds(1), Duration.ofMillis(200)),
        new GatewayParts(
            seenHot,
            cold,
            topics,
            groups,
            tiering,
            new CountingSql(),
            io.thermocline.testkit.ToldReader.none(),
            new SimpleMeterRegistry(),
            () -> "",
            clock,
            (method, path, query) -> new HttpPages.Answer(204, "text/plain", ""),
            Optional::empty));
  }

  private static HotTier stepping(HotTier real, AppendStep step) {
    return (HotTier)
        Proxy.newProxyInstance(
            HotTier.class.getClassLoader(),
            new Class<?>[] {HotTier.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("append")) {
                return step.append(
                    real,
                    (TopicPartition) arguments[0],
                    (BatchContent) arguments[1],
                    (AppendConditions) arguments[2]);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public void close() {
    client.close();
    server.close();
    hot.close();
  }
}
