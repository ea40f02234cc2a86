package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.TopicDescription;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.hot.audit.AuditedLog;
import io.thermocline.hot.audit.HotAudit;
import io.thermocline.hot.journal.JournalScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The audit of what a server leaves that was killed while many partitions shared its journal. */
@Timeout(120)
class KilledAuditIT {
  private static final int PARTITIONS = 50;

  @TempDir Path folder;

  @Test
  void nothingIsWrongOrChangedAndTheEndsAreThoseTheNextStartFinds() throws Exception {
    Path log = Files.createFile(folder.resolve("server.log"));
    Path data = folder.resolve("data");
    List<String> settings =
        List.of("data.dir=" + data, "grpc.port=0", "http.port=0", "storage.minFree=1MiB");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      produce(client, data.resolve("hot/journal-0"), server);
    }
    Map<String, String> before = image(data);
    assertThat(before.keySet()).anyMatch(name -> name.endsWith("journal-0"));

    String report = run("verify", data.toString());
    assertThat(report).contains(PARTITIONS + " partitions", "nothing is wrong");
    assertThat(run("dump", data.resolve("hot/journal-0").toString()))
        .contains("entries=", "partition=", "nextOffset=");
    Map<Integer, Long> ends;
    try (HotAudit audit = HotAudit.open(data.resolve("hot"))) {
      ends =
          audit.run(finding -> {}).logs().stream()
              .collect(Collectors.toMap(each -> each.id().partition(), AuditedLog::end));
    }
    assertThat(image(data)).isEqualTo(before);

    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      assertThat(
              client.admin().describeTopic("events", false).partitions().stream()
                  .collect(
                      Collectors.toMap(
                          TopicDescription.Partition::partition, TopicDescription.Partition::end)))
          .isEqualTo(ends);
      server.stop();
    }
  }

  /** Sends to all partitions until the journal has a frame, and kills the server meanwhile. */
  private static void produce(ThermoclineClient client, Path journal, ServerProcess server)
      throws IOException, InterruptedException {
    Producer producer = client.producer(ProducerOptions.defaults());
    boolean used = false;
    for (int round = 1; !used; round++) {
      byte[] value = Integer.toString(round).getBytes(StandardCharsets.UTF_8);
      List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
      for (int number = 0; number < PARTITIONS; number++) {
        sent.add(producer.send(ProducerRecord.of("events", value, value).withPartition(number)));
      }
      used = round % 10 == 0 && hasFrame(journal);
      if (!used) {
        sent.forEach(CompletableFuture::join);
      }
    }
    server.kill();
    server.awaitEnd();
    producer.close(Duration.ZERO);
  }

  private static boolean hasFrame(Path journal) throws IOException {
    if (!Files.exists(journal)) {
      return false;
    }
    try (JournalScan scan = JournalScan.open(journal)) {
      return scan.next().isPresent();
    }
  }

  private static ThermoclineClient connect(ServerProcess server) {
    return ThermoclineClient.connect(server.address(), ClientOptions.defaults());
  }

  private String run(String... arguments) throws IOException, InterruptedException {
    return CommandProcess.run(folder, List.of(arguments)).ending(0);
  }

  /** Every file with its time of change and its bytes. */
  private static Map<String, String> image(Path directory) throws IOException {
    Map<String, String> image = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .filter(Files::isRegularFile)
          .forEach(
              file -> {
                try {
                  image.put(
                      file.toString(),
                      Files.getLastModifiedTime(file)
                          + " "
                          + Arrays.hashCode(Files.readAllBytes(file)));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
    return image;
  }
}
