package io.thermocline.server;

import static io.thermocline.server.Lake.connect;
import static io.thermocline.server.Lake.onlyPartition;
import static io.thermocline.server.Lake.produce;
import static io.thermocline.server.Lake.read;
import static io.thermocline.server.Lake.tier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.consumer.Start;
import io.thermocline.hot.directory.HotRestore;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.server.RecoveryPlan.RevivedPartition;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Fault;
import io.thermocline.testkit.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What refuses a recovery, which metadata count, and what a recovery leaves that was broken off.
 */
class RecoverFaultsIT {
  private static final long GAP = RecoveryPlan.LEFT_OUT;

  @TempDir Path folder;

  @Test
  void aDataDirectoryThatIsInUseIsRefused() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    assertRefused(ErrorKind.FAILED_PRECONDITION, "not empty", lake.recovery("old"));
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("letter.txt"), "mine");
    assertRefused(ErrorKind.FAILED_PRECONDITION, "letter.txt", lake.recovery("other"));
    assertThat(lake.owners()).hasSize(1);
  }

  @Test
  void aWarehouseWithNothingIsRefused() throws Exception {
    Lake empty = Lake.inFolder(folder);
    assertRefused(ErrorKind.FAILED_PRECONDITION, "no warehouse", empty.recovery("new"));
    Files.createDirectories(folder.resolve("lake"));
    assertRefused(ErrorKind.NOT_FOUND, "nothing to recover", empty.recovery("new"));
    try (S3Server s3 = S3Server.start()) {
      Lake bucket = Lake.inBucket(folder, s3, "s3");
      assertRefused(ErrorKind.NOT_FOUND, "nothing to recover", bucket.recovery("new"));
    }
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    Path record = lake.records().get(0);
    String text = Files.readString(record);
    Files.writeString(record, text.replace("\"version\":1", "\"version\":2"));
    assertRefused(ErrorKind.FAILED_PRECONDITION, "newer", lake.recovery("new"));
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void aDamagedRecordRefusesTheRunOrItsTopicIsSkipped() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    Path record = lake.records().get(0);
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("other", 1);
      produce(client, "other", 0, 50);
      tier(client);
    }
    String text = Files.readString(record);
    Files.writeString(record, text.replace("\"partitionCount\":1", "\"partitionCount\":7"));

    assertThat(lake.recovery("new").plan().problems())
        .singleElement()
        .hasToString(
            "topic '%s': Topic record %s is damaged: its checksum is not that of its text"
                .formatted(record.getFileName().toString().substring(0, 36), record.toUri()));
    ThermoclineException refusal =
        catchThrowableOfType(
            ThermoclineException.class, () -> assertThat(lake.recovery("new").run(false)).isNull());
    assertThat(refusal).hasMessageContaining(record.getFileName().toString());
    assertThat(refusal.kind()).isEqualTo(ErrorKind.CORRUPT);
    assertThat(folder.resolve("new")).doesNotExist();

    assertThat(lake.recovery("new").run(true).topics())
        .extracting(topic -> topic.topic().name())
        .containsExactly("other");
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(client.admin().listTopics()).hasSize(1);
    }
  }

  @Test
  void losersWithHigherNumbersAreNotChosen() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    List<Path> metadata = lake.metadata();
    Path newest = metadata.get(metadata.size() - 1);
    String name = newest.getFileName().toString();
    // An attempt from before the last commit, and something that is no metadata.
    Files.copy(metadata.get(0), newest.resolveSibling("00077-" + name.substring(6)));
    Files.writeString(newest.resolveSibling("00078-" + name.substring(6)), "{not json");

    RecoveryPlan plan = lake.recovery("new").run(false);

    assertThat(plan.topics().get(0).found().table().get().metadata()).endsWith(name);
    assertThat(plan.topics().get(0).found().remarks()).hasSize(2);
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).hasSize(100);
      produce(client, "events", 100, 120);
      tier(client);
      assertThat(read(client, Start.earliest())).hasSize(120);
    }
    assertThat(lake.audit("new")).isEmpty();
  }

  @Test
  void aCommitWhoseRecordWasNotWrittenCountsUnlessAFileOfItIsMissing() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    byte[] stale = Files.readAllBytes(lake.records().get(0));
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      produce(client, "events", 100, 150);
      tier(client);
    }
    Files.write(lake.records().get(0), stale);
    assertThat(onlyPartition(lake.recovery("new").plan()).tieredTo()).isEqualTo(150);

    List<Path> data = lake.files(".parquet");
    Files.delete(data.get(data.size() - 1));
    RecoveryPlan plan = lake.recovery("new").plan();
    assertThat(onlyPartition(plan).tieredTo()).isEqualTo(100);
    assertThat(plan.topics().get(0).found().remarks().get(0)).contains("missing", ".parquet");
  }

  @Test
  void aTopicWithAMissingFileRefusesTheRunOrIsSkipped() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    try (ThermoclineServer server = lake.open("old");
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("other", 1);
      produce(client, "other", 0, 50);
      tier(client);
    }
    Files.delete(
        lake.files(".parquet").stream()
            .filter(file -> file.toString().contains("other-"))
            .findFirst()
            .orElseThrow());

    ThermoclineException refusal =
        catchThrowableOfType(
            ThermoclineException.class, () -> assertThat(lake.recovery("new").run(false)).isNull());
    assertThat(refusal).hasMessageContaining("topic 'other'");
    assertThat(folder.resolve("new")).doesNotExist();
    assertThat(lake.owners()).hasSize(1);

    assertThat(lake.recovery("new").run(true).problems()).hasSize(1);
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).hasSize(100);
      assertThat(client.admin().listTopics()).hasSize(1);
    }
  }

  @Test
  void ofTwoRecoveriesAtOnceOneOwnsTheWarehouse() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    ExecutorService both = Executors.newFixedThreadPool(2);
    int won = 0;
    try {
      List<Future<RecoveryPlan>> runs =
          Stream.of("a", "b")
              .map(name -> both.submit(() -> lake.recovery(name).run(false)))
              .toList();
      for (Future<RecoveryPlan> run : runs) {
        try {
          assertThat(run.get().topics()).hasSize(1);
          won++;
        } catch (ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(ThermoclineException.class);
        }
      }
    } finally {
      both.shutdown();
    }
    // One that was done before the other began has lost the warehouse again.
    assertThat(won).isBetween(1, 2);
    List<String> owning = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      try (ThermoclineServer server = lake.open(name)) {
        assertThat(server.port()).isPositive();
        owning.add(name);
      } catch (ThermoclineException refused) {
        assertThat(refused.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION);
      }
    }
    assertThat(owning).hasSize(1);
  }

  /** Each write is the last that gets through once, with its reply or without. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRunThatIsBrokenOffAtAnyWriteIsGoneOnWith(boolean replyLost) throws Exception {
    try (S3Server s3 = S3Server.start()) {
      Lake lake = Lake.inBucket(folder, s3, "s3").withHistory();
      long before = 0;
      boolean finished = false;
      for (int writes = 0; !finished; writes++) {
        String data = "new-" + replyLost + writes;
        AtomicInteger left = new AtomicInteger(writes);
        if (replyLost) {
          s3.faults().next(1, call -> isWrite(call) && left.get() == 1, new S3Fault.ReplyLost());
        }
        s3.faults()
            .always(call -> isWrite(call) && left.decrementAndGet() < 0, S3Fault.accessDenied());
        try {
          RecoveryPlan unused = lake.recovery(data).run(false);
          finished = true;
        } catch (ThermoclineException brokenOff) {
          assertThat(refusedToServe(lake, data)).isTrue();
        }
        s3.faults().clear();
        // Every other machine is lost as well, and a new one begins.
        String again = writes % 2 == 0 ? data : data + "-again";
        RevivedPartition part =
            finished
                ? onlyPartition(lake.recovery(data + "-next").plan())
                : onlyPartition(lake.recovery(again).run(false));
        assertThat(part.goesOnAt()).isGreaterThan(before);
        before = part.goesOnAt();
        if (!finished) {
          assertThat(lake.audit(again)).isEmpty();
        }
        assertThat(writes).isLessThan(40);
      }
      RecoveryPlan unused = lake.recovery("last").run(false);
      try (ThermoclineServer server = lake.open("last");
          ThermoclineClient client = connect(server)) {
        assertThat(read(client, Start.earliest())).hasSize(100);
        produce(client, "events", 100, 110);
        assertThat(read(client, Start.earliest())).hasSize(110);
      }
    }
  }

  private static boolean isWrite(S3Call call) {
    return call.operation() == S3Call.Operation.PUT;
  }

  private static boolean refusedToServe(Lake lake, String data) {
    try (ThermoclineServer server = lake.open(data)) {
      return server.port() < 0;
    } catch (ThermoclineException refused) {
      return refused.kind() == ErrorKind.FAILED_PRECONDITION;
    }
  }

  @Test
  void aRunThatIsBrokenOffOnLocalDiskIsGoneOnWith() throws Exception {
    Lake lake = Lake.inFolder(folder).withHistory();
    RevivedPartition part = onlyPartition(lake.recovery("new").run(false));
    Path data = folder.resolve("new");
    UUID cluster;
    try (HotRestore hot = HotRestore.take(data.resolve("hot"))) {
      cluster = hot.cluster().orElseThrow();
    }
    RecoveryMark mark = new RecoveryMark(cluster, lakeLocation(lake), 1);

    // Before the mark went.
    mark.write(data);
    assertThat(refusedToServe(lake, "new")).isTrue();
    assertThat(onlyPartition(lake.recovery("new").run(false)).goesOnAt())
        .isEqualTo(part.goesOnAt());
    // Before the topics were made; and before the policies were.
    mark.write(data);
    Files.delete(data.resolve("hot/metadata"));
    assertThat(onlyPartition(lake.recovery("new").run(false)).goesOnAt())
        .isEqualTo(part.goesOnAt());
    mark.write(data);
    Files.delete(data.resolve("hot/metadata"));
    Files.delete(data.resolve("tiering/policies"));
    Files.delete(data.resolve("cold/catalog.db"));
    assertThat(onlyPartition(lake.recovery("new").run(false)).goesOnAt())
        .isEqualTo(part.goesOnAt());

    assertThat(lake.owners()).hasSize(2);
    assertThat(part.goesOnAt()).isEqualTo(100 + GAP);
    assertThat(lake.audit("new")).isEmpty();
    try (ThermoclineServer server = lake.open("new");
        ThermoclineClient client = connect(server)) {
      assertThat(read(client, Start.earliest())).hasSize(100);
    }
  }

  private static String lakeLocation(Lake lake) throws IOException {
    return lake.recovery("nowhere").plan().warehouse().location();
  }

  private static void assertRefused(ErrorKind kind, String words, Recovery recovery) {
    for (boolean dry : new boolean[] {true, false}) {
      ThermoclineException refusal =
          catchThrowableOfType(
              ThermoclineException.class,
              () -> assertThat(dry ? recovery.plan() : recovery.run(false)).isNull());
      assertThat(refusal).isNotNull().hasMessageContaining(words);
      assertThat(refusal.kind()).isEqualTo(kind);
    }
  }
}
