package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.table.TableSettings;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ReadResult;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Call.Operation;
import io.thermocline.testkit.S3Fault;
import io.thermocline.testkit.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tiering, merging and upkeep over the real cold tier while the store, the process or another
 * tierer gets in the way. After each: every offset once, over both tiers, as it was produced.
 */
class LakeFaultsIT {
  private static final String[] POLICY = {
    "tiering: { minFileBytes: 1MiB, maxLag: 1m, targetFileBytes: 64MiB }",
    "hot: { retain: 0s }",
    "retention: { age: 30d }"
  };

  /** Windows of time are past by then, and upkeep is due. */
  private static final Duration LATER = Duration.ofDays(2);

  private static S3Server server;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    server = S3Server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** R16: each fault of a store, through one client or the other. */
  static Stream<Arguments> storeFaults() {
    Predicate<S3Call> any = S3Call.any();
    Predicate<S3Call> put = S3Call.of(Operation.PUT);
    Predicate<S3Call> get = S3Call.of(Operation.GET);
    return Stream.of(
        Arguments.of("s3", "500", any, S3Fault.internalError()),
        Arguments.of("minio", "503", any, S3Fault.slowDown()),
        Arguments.of("s3", "403", any, S3Fault.accessDenied()),
        Arguments.of("minio", "written, reply lost, written again", put, new S3Fault.ReplyLost()),
        Arguments.of("s3", "body cut short", get, new S3Fault.Truncated(7)),
        Arguments.of("minio", "wrong bit", get, new S3Fault.Corrupted(31)),
        Arguments.of("s3", "slow", any, new S3Fault.Late(Duration.ofSeconds(3))));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("storeFaults")
  void whateverTheStoreDoesEachOffsetIsThereOnce(
      String scheme, String name, Predicate<S3Call> which, S3Fault fault) {
    Random random = new Random(name.hashCode());
    Lake lake = Lake.in(server, scheme, directory, InstantSource.system());
    TwoTiers tiers = new TwoTiers(directory.resolve("tiering"), lake::next, 2, POLICY);
    for (int step = 0; step < 4; step++) {
      tiers.append(0, 3);
      tiers.append(1, 2);
      // One request in three meets the fault while it lasts.
      server.faults().next(2, call -> which.test(call) && random.nextInt(3) == 0, fault);
      tiers.pass(step % 2 == 1 ? LATER : Duration.ofMinutes(1));
      attempt(tiers);
      server.faults().clear();
      tiers.check();
    }
    finish(tiers);
    tiers.lake().close();
  }

  /** R18. */
  @Test
  void whileTheColdTierIsAwayHotReadsGoOnAndAfterwardsAllGoesOnByItself() {
    Lake lake = Lake.in(server, "s3", directory, InstantSource.system());
    TwoTiers tiers = new TwoTiers(directory.resolve("tiering"), lake::next, 1, POLICY);
    tiers.append(0, 5);
    tiers.round();
    assertThat(tiers.state(0).hotStart()).isEqualTo(5);
    server.refuseConnections();
    try {
      for (int i = 0; i < 3; i++) {
        tiers.append(0, 5);
        tiers.pass(Duration.ofMinutes(1));
        attempt(tiers);
      }
      assertThat(tiers.state(0).hotStart()).as("nothing is let go").isEqualTo(5);
      assertThat(Await.result(tiers.hot.read(tiers.partition(0), 5, 1_000)))
          .isInstanceOf(ReadResult.Progress.class);
      Await.throwsKind(
          ErrorKind.TRANSIENT,
          () -> assertThat(lake.open("reader").read(tiers.partition(0), 0, 100)).isNull());
    } finally {
      server.resume();
    }
    finish(tiers);
    tiers.lake().close();
  }

  /**
   * R12, over real tables: some of the places where a process can be killed; all of them with
   * {@code -Dkill.points=all}.
   */
  @Test
  void killedAtAnyPointTheNextProcessFindsWhatIsThere() {
    int step = "all".equals(System.getProperty("kill.points")) ? 1 : 23;
    int killed = 0;
    boolean reached = true;
    for (int point = 1; reached; point += step) {
      Path own = directory.resolve("at-" + point);
      Lake lake = Lake.in(own, TableSettings.defaults(), InstantSource.system());
      TwoTiers tiers = new TwoTiers(own.resolve("tiering"), lake::next, 2, POLICY);
      tiers.faults.killAt(point);
      for (int i = 0; i < 3; i++) {
        tiers.append(0, 4);
        tiers.append(1, 1);
        tiers.pass(Duration.ofMinutes(1));
        attempt(tiers);
      }
      tiers.pass(LATER);
      attempt(tiers);
      reached = tiers.faults.dead();
      killed += reached ? 1 : 0;
      tiers.faults.none();
      tiers.restart();
      tiers.check();
      finish(tiers);
      assertThat(tiers.table(0).files()).hasSize(1);
      tiers.lake().close();
    }
    assertThat(killed).as("points to be killed at").isGreaterThan(3);
  }

  /** R13, with merges among what the two do. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  void ofTwoTierersNeitherDoublesNorLosesWhatTheOtherDoes(long seed) {
    Random random = new Random(seed);
    Lake lake = Lake.in(directory, TableSettings.defaults(), InstantSource.system());
    TwoTiers tiers = new TwoTiers(directory.resolve("tiering"), lake::next, 2, POLICY);
    try (ColdTier others = lake.open("other")) {
      Passes other = tiers.tierer(new TopicWorks(), others);
      for (int step = 0; step < 6; step++) {
        tiers.append(random.nextInt(2), 1 + random.nextInt(5));
        tiers.pass(random.nextInt(3) == 0 ? Duration.ofHours(13) : Duration.ofMinutes(2));
        boolean[] met = {false};
        tiers.faults.plan(
            (call, after) -> {
              if (call.equals("commit") && !after && !met[0]) {
                met[0] = true;
                other.runWhenFree(tiers.topic);
              }
              return null;
            });
        attempt(tiers);
        tiers.faults.none();
        tiers.check();
      }
    }
    finish(tiers);
    tiers.lake().close();
  }

  /** A pass, which may fail or be killed. */
  private static void attempt(TwoTiers tiers) {
    try {
      tiers.passes().runWhenFree(tiers.topic);
    } catch (ThermoclineException failed) {
      assertThat(failed.kind() == ErrorKind.INTERNAL)
          .as("%s", failed)
          .isEqualTo(tiers.faults.dead());
    } catch (Faults.Killed killed) {
      assertThat(tiers.faults.dead()).isTrue();
    }
  }

  /** Without faults all is tiered, trimmed and merged before long. */
  private static void finish(TwoTiers tiers) {
    for (int i = 0; i < 3; i++) {
      tiers.pass(LATER);
      tiers.passes().runWhenFree(tiers.topic);
    }
    tiers.check();
    assertThat(tiers.work().pending()).isEmpty();
    tiers
        .topic
        .partitions()
        .forEach(
            id -> {
              long end = tiers.hot.state(id).end();
              assertThat(tiers.table(id.partition()).tieredTo()).isEqualTo(end);
              assertThat(tiers.hot.state(id).hotStart()).isEqualTo(end);
            });
  }
}
