package io.thermocline.server.demo;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.QueryRows;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.admin.TopicDescription;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.model.Units;
import io.thermocline.server.ThermoclineServer;
import io.thermocline.server.config.Configuration;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The demo, step by step. Everything goes through the public gRPC API. */
final class Demo {
  private static final String TOPIC = "quakes";
  private static final int TAIL = 100;

  private static final String POLICY =
      """
      apiVersion: thermocline/v1
      kind: TopicPolicies
      policies:
        - topics: ["quakes"]
          segment:   { bytes: 256KiB, age: 10m }
          tiering:   { enabled: true, minFileBytes: 64KiB, maxLag: 1m, targetFileBytes: 512KiB, compression: zstd }
          hot:       { retain: 0s, maxBytes: 1GiB }
          retention: { age: 365d, maxBytes: unlimited }
      """;

  private static final String STRONGEST =
      """
      SELECT (decode(value)->>'$.properties.mag')::DOUBLE AS magnitude,
             decode(value)->>'$.properties.place'         AS place,
             strftime(timestamp, '%Y-%m-%d %H:%M')        AS utc,
             record_offset
      FROM quakes ORDER BY magnitude DESC, record_offset LIMIT 5""";

  private static final String EACH_DAY =
      """
      SELECT strftime(timestamp, '%Y-%m-%d') AS day, count(*) AS earthquakes
      FROM quakes GROUP BY day ORDER BY day""";

  private final Path directory;
  private final boolean kept;
  private final PrintWriter out;
  private long started;
  private int steps;

  Demo(Path directory, boolean kept, PrintWriter out) {
    this.directory = directory;
    this.kept = kept;
    this.out = out;
  }

  void run() throws Exception {
    List<SampleStream.Event> events = SampleStream.read();
    say("Thermocline: a streaming log whose history is a lakehouse table.");
    try (ThermoclineServer server = startServer();
        ThermoclineClient client =
            ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults())) {
      took(
          "gRPC on 127.0.0.1:%d, metrics on http://127.0.0.1:%d/metrics",
          server.port(), server.httpPort());
      say("     everything in %s", directory);
      createTopic(client);
      produce(client, events);
      tier(client);
      List<SampleStream.Event> tail = events.subList(0, TAIL);
      produceTail(client, events.size(), tail);
      replay(client, events, tail);
      query(client);
      whatLiesWhere(client);
    }
    say("");
    if (kept) {
      say("All of it is still there. Go on with:");
      say("  ./thermocline serve --set data.dir=%s", directory.resolve("data"));
      say("  ./thermocline consume %s --from earliest --max 3", TOPIC);
    } else {
      say(
          "Done, and cleaned up. Look around in what it leaves with: ./thermocline demo --keep DIR");
    }
  }

  private ThermoclineServer startServer() throws IOException {
    step("A server: one process, a directory as object store, SQLite as catalog");
    Path policies = Files.writeString(directory.resolve("policies.yaml"), POLICY);
    return ThermoclineServer.open(
        Configuration.load(
            Optional.empty(),
            Map.of(),
            List.of(
                "data.dir=" + directory.resolve("data"),
                "grpc.port=0",
                "http.port=0",
                "policies.file=" + policies,
                "log.level=warn")),
        InstantSource.system());
  }

  private void createTopic(ThermoclineClient client) {
    step("A topic, and the policy that says where its records live");
    var unused = client.admin().createTopic(TOPIC, 1);
    POLICY.lines().skip(3).forEach(line -> say("     %s", line.substring(2)));
  }

  private void produce(ThermoclineClient client, List<SampleStream.Event> events)
      throws InterruptedException {
    step("Produce a week of earthquakes, each forced to disk before it is acknowledged");
    long bytes = send(client, events, 0);
    took(
        "%,d records, %s, offsets [0, %d)",
        events.size(), Units.roundedBytes(bytes), events.size());
  }

  private long send(ThermoclineClient client, List<SampleStream.Event> events, long firstOffset)
      throws InterruptedException {
    long bytes = 0;
    List<CompletableFuture<RecordMetadata>> answers = new ArrayList<>();
    // Small batches, so that a stream this short fills several segments.
    try (Producer producer = client.producer(ProducerOptions.defaults().withBatchBytes(64 << 10))) {
      for (SampleStream.Event event : events) {
        answers.add(producer.send(event.toRecord(TOPIC)));
        bytes += event.json().getBytes(StandardCharsets.UTF_8).length;
      }
      producer.flush();
    }
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i).join().offset() != firstOffset + i) {
        throw new DemoFailedException(
            "Record " + i + " got offset " + answers.get(i).join().offset());
      }
    }
    return bytes;
  }

  private void tier(ThermoclineClient client) {
    step("Tier: seal, write Parquet, commit to Iceberg, then let go of the local copy");
    for (TieringReport.Move move : client.admin().runTiering(TOPIC, false)) {
      if (!move.problem().isEmpty()) {
        throw new DemoFailedException("Tiering stands still: " + move.problem());
      }
      took(
          "offsets %s in %s, %s, one commit; local disk now starts at %d",
          move.tiered(),
          counted(move.files(), "Parquet file"),
          Units.roundedBytes(move.coldBytes()),
          move.hotStart());
    }
  }

  private void produceTail(ThermoclineClient client, int firstOffset, List<SampleStream.Event> tail)
      throws InterruptedException {
    step("A live tail that stays hot: the first " + TAIL + " events are reported again");
    long unused = send(client, tail, firstOffset);
    took("offsets [%d, %d)", firstOffset, firstOffset + tail.size());
  }

  private void replay(
      ThermoclineClient client, List<SampleStream.Event> events, List<SampleStream.Event> tail) {
    step("Replay from offset 0: one stream over both tiers, each record compared with the file");
    List<SampleStream.Event> expected = new ArrayList<>(events);
    expected.addAll(tail);
    Replay replay = Replay.run(client, TOPIC, expected);
    took(
        "%,d from Parquet, %,d from local disk, the seam at offset %d: no gap, no repeat, every byte the same",
        replay.fromCold(), replay.fromHot(), replay.seam());
  }

  private void query(ThermoclineClient client) {
    step("SQL over the same Parquet: the five strongest");
    print(client, STRONGEST);
    step("SQL: how many each day");
    print(client, EACH_DAY);
  }

  private void print(ThermoclineClient client, String sql) {
    sql.lines().forEach(line -> say("     %s", line));
    say("");
    try (QueryRows rows = client.admin().query(sql, 100)) {
      List<List<String>> table = new ArrayList<>();
      table.add(rows.columns().stream().map(QueryRows.ColumnInfo::name).toList());
      for (List<Optional<String>> row : rows) {
        table.add(row.stream().map(cell -> cell.orElse("NULL")).toList());
      }
      int[] widths = new int[table.get(0).size()];
      for (List<String> row : table) {
        for (int i = 0; i < row.size(); i++) {
          widths[i] = Math.max(widths[i], row.get(i).length());
        }
      }
      for (List<String> row : table) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
          line.append(String.format(Locale.ROOT, "%-" + (widths[i] + 3) + "s", row.get(i)));
        }
        say("     %s", line.toString().stripTrailing());
      }
    }
  }

  private void whatLiesWhere(ThermoclineClient client) {
    step("What lies where");
    TopicDescription topic = client.admin().describeTopic(TOPIC, true);
    TopicDescription.Partition partition = topic.partitions().get(0);
    say(
        "     cold  [%d, %d)  %s in %s, Iceberg table %s",
        partition.logStart(),
        partition.tieredTo(),
        Units.roundedBytes(partition.coldBytes()),
        counted(partition.coldFiles(), "Parquet file"),
        topic.table());
    for (TopicDescription.ColdFile file : partition.files()) {
      say(
          "           %s  %,d rows  %s",
          file.range(), file.rows(), Units.roundedBytes(file.bytes()));
      say("           %s", file.location());
    }
    say(
        "     hot   [%d, %d)  %s in %s",
        partition.hotStart(),
        partition.end(),
        Units.roundedBytes(partition.hotBytes()),
        counted(partition.hotSegments(), "segment"));
  }

  private static String counted(long count, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", count, thing, count == 1 ? "" : "s");
  }

  private void step(String what) {
    steps++;
    say("");
    say("%2d.  %s", steps, what);
    started = System.nanoTime();
  }

  private void took(String what, Object... facts) {
    double seconds = (System.nanoTime() - started) / 1e9;
    say("     %s  (%.2f s)", String.format(Locale.ROOT, what, facts), seconds);
  }

  private void say(String format, Object... facts) {
    out.println(facts.length == 0 ? format : String.format(Locale.ROOT, format, facts));
    out.flush();
  }
}
