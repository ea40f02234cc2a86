package io.thermocline.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thermocline.bench.compare.Compare;
import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.Admin;
import io.thermocline.model.Tier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thermocline bench}: produce, hot fetch, tiering and replay of one partition. */
@Command(
    name = "thermocline bench",
    mixinStandardHelpOptions = true,
    subcommands = Compare.class,
    description = {
      "Measure produce (forced), hot fetch, tiering and replay from Parquet with 1 KiB records and"
          + " one partition.",
      "Starts a server of its own, with a heap of 512 MiB, unless one is given."
    })
public final class Bench implements Callable<Integer> {
  private static final long MIB = 1L << 20;
  private static final int RECORD_BYTES = 1024;

  private static final String POLICY =
      """
      apiVersion: thermocline/v1
      kind: TopicPolicies
      policies:
        - topics: ["%s"]
          segment:   { bytes: 128MiB, age: 10m }
          tiering:   { enabled: true, minFileBytes: 4GiB, maxLag: 1d, targetFileBytes: 4GiB, compression: zstd }
          hot:       { retain: 1d, maxBytes: 100GiB }
      """;

  @Option(names = "--quick", description = "1 GiB a case instead of 4 GiB: under two minutes.")
  private boolean quick;

  @Option(
      names = "--replays",
      paramLabel = "N",
      defaultValue = "1",
      description = "How often all is replayed, one after the other; each has a line.")
  private int replays;

  @Option(names = "--json", description = "One JSON object a line instead of a table.")
  private boolean json;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "A running server; its policies are changed while it is measured.")
  private String server;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the server's data lie; a temporary directory when absent.")
  private Path directory;

  @Spec private CommandSpec spec;

  /** Runs the command. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (server != null) {
      report(measure(server, Optional.empty()));
      return 0;
    }
    Path home = Path.of(System.getProperty("thermocline.home", "."));
    Path data = directory == null ? Files.createTempDirectory("thermocline-bench-") : directory;
    try (ServerProcess own = ServerProcess.start(home, data, "512m", Map.of())) {
      report(measure(own.address(), Optional.of(own)));
    } finally {
      if (directory == null) {
        delete(data);
      }
    }
    return 0;
  }

  private List<Measurement> measure(String address, Optional<ServerProcess> own) throws Exception {
    long bytes = (quick ? 1024 : 4096) * MIB;
    List<Measurement> results = new ArrayList<>();
    try (ThermoclineClient client = ThermoclineClient.connect(address, ClientOptions.defaults())) {
      warmUp(client);
      String topic = "bench-" + ProcessHandle.current().pid();
      var unused = client.admin().createTopic(topic, 1);
      var unusedPlan = client.admin().applyPolicies(POLICY.formatted(topic));
      Workload workload = new Workload(client, topic, RECORD_BYTES);
      results.add(workload.produce(bytes));
      results.add(workload.fetch("hot-fetch-" + RECORD_BYTES, Tier.HOT));
      results.add(workload.tier(bytes));
      workload.trim();
      for (int i = 0; i < replays; i++) {
        Duration before = own.map(ServerProcess::cpuTime).orElse(Duration.ZERO);
        Measurement replay = workload.fetch("replay-" + RECORD_BYTES, Tier.COLD);
        results.add(
            own.map(process -> replay.beside(process.cpuTime().minus(before))).orElse(replay));
      }
      client.admin().deleteTopic(topic, Admin.Cold.PURGE);
    }
    return results;
  }

  /** What both JVMs compile, and connections that are made once, does not count. */
  private void warmUp(ThermoclineClient client) throws InterruptedException {
    String topic = "bench-warm-up-" + ProcessHandle.current().pid();
    var unused = client.admin().createTopic(topic, 1);
    var unusedPlan = client.admin().applyPolicies(POLICY.formatted(topic));
    Workload workload = new Workload(client, topic, RECORD_BYTES);
    var unusedProduced = workload.produce(512 * MIB);
    var unusedFetched = workload.fetch("warm-up", Tier.HOT);
    var unusedTiered = workload.tier(512 * MIB);
    workload.trim();
    var unusedReplayed = workload.fetch("warm-up", Tier.COLD);
    client.admin().deleteTopic(topic, Admin.Cold.PURGE);
  }

  private void report(List<Measurement> results) throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectMapper mapper = new ObjectMapper();
      for (Measurement result : results) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("case", result.name());
        line.put("value", Math.round(result.megabytesPerSecond() * 10) / 10.0);
        line.put("unit", "MB/s");
        out.println(mapper.writeValueAsString(line));
      }
    } else {
      out.printf(Locale.ROOT, "%-18s %10s  %s%n", "case", "MB/s", "what");
      for (Measurement result : results) {
        out.printf(
            Locale.ROOT,
            "%-18s %10.1f  %s%n",
            result.name(),
            result.megabytesPerSecond(),
            result.note());
      }
    }
    out.flush();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(Bench::deleteOne);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
