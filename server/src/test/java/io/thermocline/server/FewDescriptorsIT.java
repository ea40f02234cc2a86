package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.producer.Producer;
import io.thermocline.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real server that may open no more files: its limit is lowered while it runs, by prlimit. */
@Timeout(120)
class FewDescriptorsIT extends OnFaultySystem {
  /** Each of them needs a file. */
  private static final int MANY_PARTITIONS = 60;

  private static final int SPARE_FILES = 20;
  private static final int ENOUGH_FILES = 4_096;

  /** What is open goes on; what would have to be opened is refused, or fails its own log. */
  @Test
  void tooFewFileDescriptorsLoseNothingAndStopOnlyWhatNeedsMore() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not installed");
    List<String> settings = settings(folder.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      var unusedMany = client.admin().createTopic("many", MANY_PARTITIONS);
      try (Producer producer = client.producer(once())) {
        for (int i = 0; i < 30; i++) {
          assertThat(send(producer)).isEmpty();
        }
        checkAll(client);
        server.limitFiles(server.openFiles() + SPARE_FILES);
        Map<Integer, ClientException> stopped =
            records.sendToEach(producer, "many", allOfMany(), log);
        assertThat(stopped.size()).as("stopped").isBetween(1, MANY_PARTITIONS - 1);
        for (int i = 0; i < PARTITIONS; i++) {
          assertThat(send(producer)).as("to a file that is open").isEmpty();
        }
        checkAll(client);
        server.limitFiles(ENOUGH_FILES);
        goesOnWhereNothingFailed(server, client, stopped);
      }
      checkAll(client);
      records.check(client, "many", MANY_PARTITIONS);
      server.kill();
      server.awaitEnd();
    }
    comesBackWhole(settings);
  }

  /** Even the first of its life, for which nothing can be loaded any more. */
  @Test
  void aRefusalIsToldWithoutAnyFileDescriptorToSpare() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not installed");
    List<String> settings = settings(folder.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        for (int i = 0; i < PARTITIONS; i++) {
          assertThat(send(producer)).isEmpty();
        }
        server.limitFiles(server.openFiles());
        assertThat(records.await(records.begin(producer, "absent", 0), log))
            .get()
            .isInstanceOf(NotAppliedException.class)
            .extracting(refusal -> refusal.kind())
            .isEqualTo(ErrorKind.NOT_FOUND);
      }
    }
  }

  /** A log that failed takes nothing until a restart; one that only refused does at once. */
  private void goesOnWhereNothingFailed(
      ServerProcess server, ThermoclineClient client, Map<Integer, ClientException> stopped)
      throws Exception {
    Set<Integer> refused = new TreeSet<>();
    Set<Integer> failed = new TreeSet<>();
    stopped.forEach(
        (partition, why) -> {
          if (why instanceof NotAppliedException && why.retriable()) {
            refused.add(partition);
          } else {
            assertThat(why.kind()).isIn(ErrorKind.OUTCOME_UNKNOWN, ErrorKind.LOG_FAILED);
            failed.add(partition);
          }
        });
    System.out.printf("Without descriptors: refused=%s failed=%s%n", refused, failed);
    try (Producer producer = client.producer(once())) {
      assertThat(records.sendToEach(producer, "many", refused, log))
          .as("once there are descriptors")
          .isEmpty();
      assertThat(records.sendToEach(producer, "many", failed, log).keySet())
          .as("failed for good")
          .isEqualTo(failed);
    }
    assertThat(server.ready()).as("ready").isEqualTo(failed.isEmpty());
  }

  private static Set<Integer> allOfMany() {
    return IntStream.range(0, MANY_PARTITIONS).boxed().collect(Collectors.toSet());
  }
}
