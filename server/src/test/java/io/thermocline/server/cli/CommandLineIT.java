package io.thermocline.server.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.thermocline.hot.segment.SegmentDump;
import io.thermocline.server.ThermoclineServer;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.FilesBelow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands, against a real server in this JVM. */
@Timeout(120)
class CommandLineIT {
  @TempDir Path directory;
  private ThermoclineServer server;

  @BeforeEach
  void open() {
    Configuration configuration =
        Configuration.load(
            Optional.empty(),
            Map.of(),
            List.of("data.dir=" + directory.resolve("data"), "grpc.port=0", "http.port=0"));
    server = ThermoclineServer.open(configuration, InstantSource.system());
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aStreamBecomesALakeAndIsReadBack() throws IOException {
    assertThat(ok("topic", "list").out()).isEqualTo("no topics" + System.lineSeparator());
    assertThat(ok("topic", "create", "readings", "-p", "2").out())
        .contains("created readings with 2 partitions");
    List<String> lines =
        IntStream.rangeClosed(1, 100)
            .mapToObj("{\"id\":\"s%1$d\",\"t\":%1$d000,\"v\":\"grüße %1$d\"}"::formatted)
            .toList();
    Path file = Files.write(directory.resolve("in.jsonl"), lines);
    String produced =
        ok("produce", "readings", file.toString(), "--key", "/id", "--timestamp", "/t").out();
    assertThat(produced).contains("produced 100 records").contains("KiB");

    assertThat(ok("tier", "run", "readings", "--trim-all").lines()).hasSize(3);
    JsonNode status = json(ok("tier", "status", "readings", "--json").out());
    assertThat(status.get("partitions").get(0).get("lagBytes").asLong()).isZero();
    assertThat(status.get("commits").get("ok").asLong()).isPositive();
    assertThat(status.get("caches").get(0).fieldNames())
        .toIterable()
        .containsExactly("cache", "hits", "misses");
    JsonNode range = json(ok("tier", "run", "readings", "--json").out()).get(0).get("tiered");
    assertThat(range.fieldNames()).toIterable().containsExactly("from", "to");
    assertThat(ok("produce", "readings", file.toString(), "--partition", "1").exitCode()).isZero();

    List<String> consumed = ok("consume", "readings").lines();
    List<String> twice = new ArrayList<>(lines);
    twice.addAll(lines);
    assertThat(consumed).containsExactlyInAnyOrderElementsOf(twice);

    JsonNode later =
        json(
            ok(
                    "consume",
                    "readings",
                    "--from",
                    "1970-01-01T00:01:30Z",
                    "--max",
                    "1",
                    "--partition",
                    "0",
                    "--format",
                    "json")
                .out());
    assertThat(later.get("timestamp").longValue()).isGreaterThanOrEqualTo(90_000);
    assertThat(later.get("tier").textValue()).isEqualTo("cold");
    assertThat(later.get("key").textValue()).startsWith("s");

    assertThat(ok("sql", "SELECT count(*) AS n FROM readings", "--format", "json").out())
        .isEqualTo("{\"n\":100}" + System.lineSeparator());
    assertThat(ok("sql", "SELECT 1 AS a, 'x,\"y' AS b, NULL AS c", "--format", "csv").out())
        .isEqualTo("a,b,c\n1,\"x,\"\"y\",\n");
    assertThat(ok("sql", "SELECT count(*) AS n FROM readings").lines())
        .containsExactly("  n", "100", "(1 row)");
    assertThat(ok("topic", "describe", "readings", "--files").out())
        .contains("thermocline.readings")
        .contains(".parquet");
  }

  @Test
  void bytesAndHeadersComeBackAsTheyWere() throws IOException {
    ok("topic", "create", "raw");
    Path file = Files.write(directory.resolve("raw"), new byte[] {'a', (byte) 0xff, '\n', '\n'});
    ok(
        "produce",
        "raw",
        file.toString(),
        "--header",
        "h=1",
        "--header",
        "h=",
        "--compression",
        "zstd");
    List<String> records = ok("consume", "raw", "--format", "json").lines();
    assertThat(records).hasSize(2);
    JsonNode first = json(records.get(0));
    assertThat(first.get("valueBase64").textValue()).isEqualTo("Yf8=");
    assertThat(first.get("key").isNull()).isTrue();
    assertThat(first.get("headers").toString())
        .isEqualTo("[{\"name\":\"h\",\"value\":\"1\"},{\"name\":\"h\",\"value\":\"\"}]");
    assertThat(json(records.get(1)).get("value").textValue()).isEmpty();
    assertThat(ok("consume", "raw", "--format", "key-value", "-n", "1").out())
        .isEqualTo("\ta\ufffd\n");
  }

  @Test
  void aGroupGoesOnWhereItStopped() throws IOException {
    ok("topic", "create", "t");
    Path file =
        Files.write(
            directory.resolve("in"), IntStream.range(0, 10).mapToObj(i -> "r" + i).toList());
    ok("produce", "t", file.toString());
    assertThat(ok("consume", "t", "--group", "g", "-n", "4").lines())
        .containsExactly("r0", "r1", "r2", "r3");
    assertThat(ok("group", "show", "g").lines().get(1).split(" +"))
        .containsExactly("t", "0", "4", "10", "6");
    assertThat(ok("consume", "t", "--group", "g").lines()).hasSize(6);
    assertThat(ok("consume", "t", "--group", "g").lines()).isEmpty();
    assertFails("[0, 10]", "group", "move", "g", "--topic", "t", "--to", "11");
    assertThat(json(ok("group", "move", "g", "--topic", "t", "--to", "8", "--json").out()).get(0))
        .isEqualTo(json("{\"topic\": \"t\", \"partition\": 0, \"offset\": 8}"));
    assertThat(ok("consume", "t", "--group", "g").lines()).containsExactly("r8", "r9");
    assertThat(ok("offsets", "t").lines().get(1).split(" +")).endsWith("0", "0", "0", "10");
    assertThat(ok("topic", "delete-records", "t", "--partition", "0", "--before", "5").out())
        .contains("starts at offset 5");
    assertThat(ok("consume", "t").lines()).hasSize(5);
  }

  @Test
  void linesAreStoredAtTheirOffsetOrNotAtAllAndWhoHoldsNoTokenIsFencedOff() throws IOException {
    ok("topic", "create", "t");
    Path file = Files.write(directory.resolve("in"), List.of("a", "b"));
    String in = file.toString();
    assertThat(ok("produce", "t", in, "--expect-offset", "0").out()).contains("2 records");
    assertFails("the next offset of t-0 is 2, not 0", "produce", "t", in, "--expect-offset", "0");
    assertThat(
            ok("topic", "fence", "t", "--partition", "0", "--expected", "0", "--token", "7").out())
        .contains("t-0")
        .contains("token 7");
    assertFails("7", "topic", "fence", "t", "--partition", "0", "--expected", "0", "--token", "9");
    for (CommandRun fenced :
        List.of(run("produce", "t", in), run("produce", "t", in, "--fence", "6"))) {
      assertThat(fenced.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(fenced.err()).contains("fence 7").contains("2 are surely not stored");
    }
    assertThat(ok("produce", "t", in, "--fence", "7", "--expect-offset", "2").out())
        .contains("2 records");
    assertThat(
            json(ok("topic", "describe", "t", "--json").out())
                .get("partitions")
                .get(0)
                .get("fence")
                .longValue())
        .isEqualTo(7);
    assertThat(ok("topic", "describe", "t").out()).contains("FENCE");
    assertThat(ok("consume", "t").lines()).containsExactly("a", "b", "a", "b");
    ok("topic", "create", "wide", "--partitions", "2");
    assertFails("--partition", "produce", "wide", in, "--expect-offset", "0");
  }

  @Test
  void policiesAreCheckedBeforeTheyApply() throws IOException {
    ok("topic", "create", "t");
    Path bad = Files.writeString(directory.resolve("bad.yaml"), "kind: x\npolicies: []\nhto: 1\n");
    for (String command : List.of("validate", "plan", "apply")) {
      CommandRun run = run("policy", command, bad.toString());
      assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err()).contains("bad.yaml:3:1 hto").contains("bad.yaml:1:");
      assertThat(run.out()).isEmpty();
    }
    Path good =
        Files.writeString(
            directory.resolve("good.yaml"),
            """
            apiVersion: thermocline/v1
            kind: TopicPolicies
            policies:
              - topics: ["*"]
                tiering:
                  enabled: true
            """);
    CommandRun validated = run("policy", "validate", good.toString());
    assertThat(validated.err()).isEmpty();
    assertThat(validated.out()).contains("good.yaml is good");
    assertThat(ok("policy", "plan", good.toString()).out()).contains("nothing would be");
    assertThat(ok("policy", "apply", good.toString()).out()).contains("is in force");
    assertThat(ok("policy", "get").out()).isEqualTo(Files.readString(good));
    assertThat(ok("policy", "get", "--effective", "t").out()).contains("KEY");
    Path latin1 = Files.write(directory.resolve("latin1.yaml"), "# \u00fc".getBytes(ISO_8859_1));
    assertFails("latin1.yaml: it is not text in UTF-8", "policy", "apply", latin1.toString());
  }

  @Test
  void failuresAreOneLineAndChangeNothing() throws IOException {
    ok("topic", "create", "t");
    assertFails("topic 't' exists", "topic", "create", "t");
    assertFails("'a/b'", "topic", "create", "a/b");
    assertFails("'u'", "topic", "describe", "u");
    assertFails("'u'", "consume", "u");
    assertFails("'u'", "produce", "u", "/dev/null");
    assertFails("no such file", "produce", "t", directory.resolve("absent").toString());
    assertFails("is a directory", "produce", "t", directory.toString());
    assertFails("only partition 0, there is no 7", "produce", "t", "/dev/null", "--partition", "7");
    assertFails("[0, 0]", "consume", "t", "--from", "5");
    assertFails("SELECT", "sql", "DROP TABLE t");
    Path file = Files.writeString(directory.resolve("in"), "{\"id\":1}\nnot json\n{\"id\":2}\n");
    CommandRun stopped = run("produce", "t", file.toString(), "--key", "/id");
    assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(stopped.out()).contains("produced 1 record ");
    assertThat(stopped.err()).contains("line 2 is not JSON").endsWith("sending stopped there\n");
  }

  @Test
  void whatWasStoredBeforeALineThatIsTooLongIsSaid() throws IOException {
    ok("topic", "create", "t");
    Path file = directory.resolve("in");
    Files.writeString(file, "short\n" + "x".repeat((20 << 20) + 1) + "\n");
    CommandRun stopped = run("produce", "t", file.toString());
    assertThat(stopped.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(stopped.out()).contains("produced 1 record ");
    assertThat(stopped.err()).contains("line 2 is longer").endsWith("sending stopped there\n");
    assertThat(ok("consume", "t").lines()).containsExactly("short");
  }

  @Test
  void topicsGrowAndGo() {
    ok("topic", "create", "t");
    assertThat(ok("topic", "alter", "t", "--partitions", "3").out())
        .contains("t now has 3 partitions");
    assertThat(json(ok("topic", "list", "--json").out()).get(0).get("partitionCount").intValue())
        .isEqualTo(3);
    assertThat(ok("topic", "delete", "t", "--cold", "purge").out()).contains("deleted t");
    assertThat(ok("topic", "list").lines()).containsExactly("no topics");
  }

  @Test
  void storedDataAreDumpedAndVerifiedOffline() throws IOException {
    ok("topic", "create", "t");
    Path file = Files.write(directory.resolve("in"), List.of("r0", "r1", "r2"));
    ok("produce", "t", file.toString());
    ok("tier", "run", "t", "--trim-all");
    ok("produce", "t", file.toString(), "--header", "h=1");
    String data = directory.resolve("data").toString();
    CommandRun busy = CommandRun.of("verify", data);
    assertThat(busy.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(busy.err()).contains("is in use");
    server.close();

    CommandRun good = CommandRun.of("verify", data);
    assertThat(good.err()).isEmpty();
    assertThat(good.exitCode()).isZero();
    assertThat(good.out())
        .contains("1 partition, 1 segment", "1 table, 1 data file, 3 records", "nothing is wrong");
    CommandRun dumped = CommandRun.of("dump", data, "--records");
    assertThat(dumped.exitCode()).isZero();
    assertThat(dumped.out()).contains("offset=5", "value='r2'", "headers=['h'='1']");
    List<JsonNode> lines =
        CommandRun.of("dump", data, "--records", "--json").lines().stream()
            .map(CommandLineIT::json)
            .toList();
    assertThat(lines).extracting(line -> line.get("part").textValue()).contains("end", "record");

    Path parquet = parquetFile();
    byte[] stored = Files.readAllBytes(parquet);
    byte[] flipped = stored.clone();
    flipped[stored.length / 3] ^= 1;
    for (byte[] wrong : List.of(flipped, Arrays.copyOf(stored, stored.length - 1))) {
      Files.write(parquet, wrong);
      assertThat(CommandRun.of("verify", data).lines().get(0)).startsWith("DAMAGED t-0 [0, 3)");
    }
    Files.delete(parquet);
    CommandRun missing = CommandRun.of("verify", data);
    assertThat(missing.exitCode()).isEqualTo(ExitCode.DATA_LOST);
    assertThat(missing.lines().get(0)).contains("t-0 [0, 3)", "does not exist");
    assertThat(CommandRun.of("verify", data, "--hot-only").exitCode()).isZero();
    Files.write(parquet, stored);
    assertThat(CommandRun.of("verify", data).exitCode()).isZero();

    Path segment = SegmentDump.filesIn(directory).get(0);
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length - 1]++;
    Files.write(segment, bytes);
    CommandRun bad = CommandRun.of("verify", data);
    assertThat(bad.exitCode()).isEqualTo(ExitCode.DATA_LOST);
    assertThat(bad.lines().get(0)).startsWith("DAMAGED t-0 [").contains(segment + " at byte ");
    JsonNode report = json(CommandRun.of("verify", data, "--json").out());
    assertThat(report.get("findings").get(0).get("offsets").get("to").longValue()).isEqualTo(6);
    assertThat(CommandRun.of("dump", segment.toString()).exitCode()).isEqualTo(ExitCode.DATA_LOST);
  }

  private Path parquetFile() throws IOException {
    return FilesBelow.of(directory).stream()
        .filter(file -> file.toString().endsWith(".parquet"))
        .findAny()
        .orElseThrow();
  }

  private CommandRun run(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--server";
    all[arguments.length + 1] = "127.0.0.1:" + server.port();
    return CommandRun.of(all);
  }

  private CommandRun ok(String... arguments) {
    CommandRun run = run(arguments);
    assertThat(run.err()).as(String.join(" ", arguments)).isEmpty();
    assertThat(run.exitCode()).as(String.join(" ", arguments)).isZero();
    return run;
  }

  private void assertFails(String said, String... arguments) {
    CommandRun run = run(arguments);
    assertThat(run.exitCode()).as(String.join(" ", arguments)).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).startsWith("thermocline: ").containsIgnoringCase(said);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.out()).isEmpty();
  }

  private static JsonNode json(String text) {
    try {
      return Json.mapper().readTree(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }
}
