package io.thermocline.bench.kafka;

import io.thermocline.bench.TetheredProcess;
import io.thermocline.bench.compare.Broker;
import io.thermocline.bench.compare.PeerContender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * One Apache Kafka node, broker and KRaft controller in one, with the settings a broker has by
 * default. Its JVM has the options of Kafka's own start script, and the heap both sides get.
 */
public final class KafkaContender implements PeerContender {
  private static final String HEAP = "512m";
  private static final long START_SECONDS = 300;
  private static final long PROBE_MILLIS = 10;

  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xms" + HEAP,
          "-Xmx" + HEAP,
          "-XX:+UseG1GC",
          "-XX:MaxGCPauseMillis=20",
          "-XX:InitiatingHeapOccupancyPercent=35",
          "-XX:+ExplicitGCInvokesConcurrent",
          "-Djava.awt.headless=true",
          // Kafka comes without a logger; its library would say so at each start.
          "-Dslf4j.internal.verbosity=ERROR");

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public Broker start(Path directory, Map<String, String> settings) throws IOException {
    Files.createDirectories(directory);
    int port = freePort();
    Path properties = write(directory, port, freePort(), settings);
    if (!Files.exists(directory.resolve("log").resolve("meta.properties"))) {
      format(properties);
    }
    TetheredProcess process =
        TetheredProcess.start(java("kafka.Kafka", properties.toString()), Map.of());
    try {
      process.process().getInputStream().close();
      awaitListening(process, port);
    } catch (IOException e) {
      process.kill();
      throw e;
    }
    return new KafkaBroker(process, "127.0.0.1:" + port);
  }

  /** The colder tier of Kafka's own tests: segments in a directory. Looked at each second. */
  @Override
  public Map<String, String> tieringSettings(Path directory) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("remote.log.storage.system.enable", "true");
    settings.put(
        "remote.log.storage.manager.class.name",
        "org.apache.kafka.server.log.remote.storage.LocalTieredStorage");
    settings.put("remote.log.storage.manager.impl.prefix", "rsm.config.");
    settings.put("rsm.config.dir", directory.resolve("remote").toString());
    settings.put("remote.log.metadata.manager.listener.name", "PLAINTEXT");
    settings.put("remote.log.metadata.manager.impl.prefix", "rlmm.config.");
    settings.put("rlmm.config.remote.log.metadata.topic.replication.factor", "1");
    settings.put("rlmm.config.remote.log.metadata.topic.num.partitions", "1");
    settings.put("remote.log.manager.task.interval.ms", "1000");
    settings.put("log.retention.check.interval.ms", "1000");
    settings.put("log.initial.task.delay.ms", "1000");
    return settings;
  }

  private static Path write(
      Path directory, int port, int controllerPort, Map<String, String> settings)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    all.put("controller.listener.names", "CONTROLLER");
    all.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    all.put("log.dirs", directory.resolve("log").toString());
    all.put("offsets.topic.replication.factor", "1");
    all.put("transaction.state.log.replication.factor", "1");
    all.put("transaction.state.log.min.isr", "1");
    all.putAll(settings);
    return Files.writeString(
        directory.resolve("server.properties"),
        all.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
            .collect(Collectors.joining()));
  }

  private static void format(Path properties) throws IOException {
    TetheredProcess process =
        TetheredProcess.start(
            java(
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                Uuid.randomUuid().toString(),
                "--config",
                properties.toString()),
            Map.of());
    String said =
        new String(process.process().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int status = process.process().waitFor();
      if (status != 0) {
        throw new IOException("Kafka's storage could not be formatted: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while formatting Kafka's storage", e);
    }
  }

  /** The class path is where this class and the libraries beside it came from. */
  private static List<String> java(String... classAndArguments) {
    Path jar =
        Path.of(KafkaContender.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(JVM_OPTIONS);
    command.addAll(List.of("-cp", jar.resolveSibling("lib") + "/*"));
    command.addAll(List.of(classAndArguments));
    return command;
  }

  private static void awaitListening(TetheredProcess process, int port) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(address);
        return;
      } catch (IOException e) {
        if (!process.process().isAlive() || System.nanoTime() > deadline) {
          throw new IOException("Kafka does not listen on port " + port, e);
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(PROBE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while Kafka was starting", e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
