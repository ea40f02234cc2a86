package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.tiering.Tiering.PartitionRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class TieringPassTest {
  private static final String TIERING = "tiering: { minFileBytes: 1KiB, maxLag: 10m }";
  private final ThermoclineException unknown =
      new ThermoclineException(ErrorKind.OUTCOME_UNKNOWN, "injected");
  private final ThermoclineException away =
      new ThermoclineException(ErrorKind.TRANSIENT, "injected");

  @TempDir Path directory;

  private TwoTiers tiers(int partitions, String... policy) {
    return new TwoTiers(directory, partitions, policy);
  }

  private static RuntimeException at(String call, String wanted, RuntimeException fault) {
    return call.equals(wanted) ? fault : null;
  }

  @Test
  void aTopicGoesItsWayHotThenBothThenColdThenGone() {
    TwoTiers tiers = tiers(1, TIERING, "hot: { retain: 1h }", "retention: { age: 1d }");
    tiers.append(0, 50);
    tiers.round();
    assertThat(tiers.table(0).tieredTo()).isZero();
    tiers.pass(Duration.ofMinutes(10));
    tiers.round();
    assertThat(tiers.table(0).tieredTo()).isEqualTo(50);
    assertThat(tiers.state(0).hotStart()).isZero();
    tiers.pass(Duration.ofHours(1));
    tiers.round();
    assertThat(tiers.state(0).hotStart()).isEqualTo(50);
    tiers.check();
    tiers.pass(Duration.ofDays(1));
    tiers.round();
    assertThat(tiers.table(0).logStart()).isEqualTo(50);
    assertThat(tiers.table(0).files()).isEmpty();
    assertThat(tiers.state(0).logStart()).isEqualTo(50);
    tiers.check();
    assertThat(tiers.counter("untiered.deleted.offsets")).isZero();
  }

  @Test
  void aTableCommitsOnceAMinuteWithAllThatIsReady() {
    TwoTiers tiers = tiers(3, "tiering: { minFileBytes: 1KiB, maxLag: 1h }");
    List<String> commits = new ArrayList<>();
    tiers.faults.plan(
        (call, after) -> {
          if (call.equals("commit") && !after) {
            commits.add(call);
          }
          return null;
        });
    for (int second = 0; second < 180; second++) {
      tiers.append(second % 3, 60);
      tiers.seal(second % 3);
      tiers.pass(Duration.ofSeconds(1));
      tiers.passes().runWhenFree(tiers.topic);
    }
    assertThat(commits).hasSize(3);
    tiers.check();
  }

  @Test
  void runNowTiersAllThatIsDurableAndTellsWhatItDid() {
    TwoTiers tiers = tiers(2, TIERING);
    tiers.append(0, 5);
    PassReport report = tiers.passes().runNow(tiers.topic, false);
    PartitionRun run = report.partitions().get(0);
    assertThat(run.tiered()).isEqualTo(new OffsetRange(0, 5));
    assertThat(run.records()).isEqualTo(5);
    assertThat(run.files()).isEqualTo(1);
    assertThat(run.coldBytes()).isPositive();
    assertThat(run.hotStart()).as("hot.retain keeps it").isZero();
    assertThat(run.problem()).isEmpty();
    assertThat(report.partitions().get(1).tiered().isEmpty()).isTrue();
    assertThat(tiers.passes().runNow(tiers.topic, true).partitions().get(0).hotStart())
        .isEqualTo(5);
    tiers.check();
  }

  @Test
  void anUnknownCommitIsSentAgainUntilItIsKnownAndNothingElseMeanwhile() {
    for (boolean applied : new boolean[] {true, false}) {
      TwoTiers tiers =
          new TwoTiers(directory.resolve("applied-" + applied), 1, TIERING, "hot: { retain: 0s }");
      tiers.append(0, 20);
      tiers.faults.plan((call, after) -> after == applied ? at(call, "commit", unknown) : null);
      assertThatThrownBy(() -> tiers.passes().runWhenFree(later(tiers))).isSameAs(unknown);
      PendingCommit pending = tiers.work().pending().orElseThrow();
      tiers.append(0, 20);
      long written = tiers.cold.filesWritten();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(tiers::round).isSameAs(unknown);
        assertThat(tiers.work().pending()).contains(pending);
        assertThat(tiers.state(0).hotStart()).as("nothing is trimmed meanwhile").isZero();
      }
      assertThat(tiers.cold.filesWritten()).as("nothing is uploaded meanwhile").isEqualTo(written);
      tiers.faults.none();
      tiers.round();
      assertThat(tiers.work().pending()).isEmpty();
      assertThat(tiers.table(0).tieredTo()).isGreaterThanOrEqualTo(20);
      tiers.check();
    }
  }

  private static io.thermocline.model.Topic later(TwoTiers tiers) {
    tiers.pass(Duration.ofMinutes(20));
    return tiers.topic;
  }

  @Test
  void aTopicThatIsDeletedDuringAPassIsToldInOneQuietLine() {
    for (String during : List.of("write", "commit", "trim", "read")) {
      TwoTiers tiers = new TwoTiers(directory.resolve(during), 2, TIERING, "hot: { retain: 0s }");
      tiers.append(0, 20);
      tiers.append(1, 20);
      tiers.faults.plan(
          (call, after) -> {
            if (call.equals(during) && !after && !tiers.topics.list().isEmpty()) {
              var unused = tiers.topics.beginDelete(tiers.topic.id(), false);
            }
            return null;
          });
      ListAppender<ILoggingEvent> log = new ListAppender<>();
      Logger logger = (Logger) LoggerFactory.getLogger("io.thermocline.tiering");
      Level before = logger.getLevel();
      log.start();
      logger.addAppender(log);
      logger.setLevel(Level.INFO);
      try {
        tiers.passes().runWhenFree(later(tiers));
      } finally {
        logger.setLevel(before);
        logger.detachAppender(log);
      }
      assertThat(tiers.topics.list()).as(during).isEmpty();
      assertThat(log.list)
          .as(during)
          .allMatch(line -> line.getLevel() == Level.INFO && line.getThrowableProxy() == null)
          .filteredOn(line -> line.getFormattedMessage().startsWith("topic was deleted"))
          .hasSize(1);
      assertThat(tiers.meters.find("thermocline.tiering.failures").counters()).as(during).isEmpty();
    }
  }

  @Test
  void ofTwoTierersTheOneThatWasPausedBeforeItsCommitLoses() {
    TwoTiers tiers = tiers(2, TIERING, "hot: { retain: 0s }");
    tiers.append(0, 20);
    Passes second = tiers.tierer(new TopicWorks());
    boolean[] paused = {false};
    tiers.faults.plan(
        (call, after) -> {
          if (call.equals("commit") && !after && !paused[0]) {
            paused[0] = true;
            second.runNow(tiers.topic, true);
            tiers.check();
            assertThat(tiers.table(0).tieredTo()).isEqualTo(20);
            tiers.append(0, 7);
            tiers.append(1, 7);
          }
          return null;
        });
    tiers.passes().runWhenFree(later(tiers));
    assertThat(paused[0]).isTrue();
    tiers.check();
    assertThat(tiers.work().pending()).isEmpty();
    assertThat(tiers.table(0).files()).hasSize(1);
    tiers.faults.none();
    tiers.passes().runNow(tiers.topic, true);
    tiers.check();
    assertThat(tiers.table(0).tieredTo()).isEqualTo(27);
  }

  @Test
  void whoDoesNotOwnTheWarehouseAnyMoreTrimsNothing() {
    TwoTiers tiers = tiers(1, TIERING, "hot: { retain: 1h }");
    tiers.append(0, 20);
    tiers.passes().runNow(tiers.topic, false);
    ThermoclineException foreign =
        new ThermoclineException(ErrorKind.FAILED_PRECONDITION, "injected");
    tiers.faults.plan((call, after) -> at(call, "confirmed", foreign));
    tiers.pass(Duration.ofHours(2));
    assertThatThrownBy(tiers::round).isSameAs(foreign);
    assertThat(tiers.state(0).hotStart()).isZero();
    tiers.faults.none();
    tiers.round();
    assertThat(tiers.state(0).hotStart()).isEqualTo(20);
    tiers.check();
  }

  @Test
  void theTableLearnsANewLogStartBeforeTheHotTierDoes() {
    TwoTiers tiers =
        tiers(1, "segment: { bytes: 64KiB, age: 1m }", TIERING, "retention: { age: 1h }");
    tiers.append(0, 20);
    tiers.pass(Duration.ofMinutes(20));
    tiers.round();
    tiers.pass(Duration.ofHours(5));
    List<Long> inTable = new ArrayList<>();
    tiers.faults.plan(
        (call, after) -> {
          if (call.equals("advanceLogStart") && !after) {
            inTable.add(tiers.table(0).logStart());
          }
          return null;
        });
    tiers.round();
    assertThat(inTable).containsExactly(20L);
  }

  @Test
  void recordsDeletedByHandAreDroppedFromTheTableAndNeverTiered() {
    TwoTiers tiers = tiers(1, TIERING);
    tiers.append(0, 20);
    tiers.passes().runNow(tiers.topic, false);
    tiers.append(0, 20);
    tiers.hot.advanceLogStart(tiers.partition(0), 25).join();
    tiers.round();
    tiers.check();
    assertThat(tiers.table(0).files()).isEmpty();
    assertThat(tiers.table(0).logStart()).isEqualTo(25);
    tiers.passes().runNow(tiers.topic, false);
    tiers.check();
    assertThat(tiers.table(0).files()).hasSize(1);
    assertThat(tiers.table(0).files().get(0).span().range()).isEqualTo(new OffsetRange(25, 40));
  }

  @Test
  void aTopicThatIsNotTieredExpiresWithoutATable() {
    TwoTiers tiers = tiers(1, "segment: { bytes: 64KiB, age: 1m }", "retention: { age: 1h }");
    tiers.append(0, 20);
    tiers.pass(Duration.ofHours(2));
    tiers.round();
    assertThat(tiers.state(0).logStart()).isEqualTo(20);
    assertThat(tiers.cold.topic(tiers.topic.id())).isEmpty();
    assertThat(tiers.counter("untiered.deleted.offsets")).as("as the policy says").isZero();
    assertThat(tiers.counter("expired.bytes")).isPositive();
    tiers.check();
  }

  @Test
  void lostRangesAreCarriedIntoTheTableAndTieredPast() {
    TwoTiers tiers = tiers(1, TIERING, "hot: { retain: 0s }");
    for (int i = 0; i < 4; i++) {
      tiers.append(0, 10);
    }
    tiers.hot.lose(tiers.partition(0), new OffsetRange(10, 20));
    tiers.passes().runNow(tiers.topic, true);
    assertThat(tiers.table(0).tieredTo()).isEqualTo(40);
    assertThat(tiers.table(0).lost()).containsExactly(new OffsetRange(10, 20));
    assertThat(tiers.state(0).hotStart()).isEqualTo(40);
  }

  @Test
  void jumpsOfTheClockDeleteNothing() {
    TwoTiers tiers =
        tiers(
            1,
            "segment: { bytes: 64KiB, age: 1m }",
            TIERING,
            "hot: { retain: 1h }",
            "retention: { age: 1d }");
    Duration tenYears = Duration.ofDays(3_650);
    for (Duration jump : List.of(tenYears, tenYears.negated(), tenYears.negated(), tenYears)) {
      tiers.append(0, 20);
      tiers.clock.advance(jump);
      for (int i = 0; i < 5; i++) {
        tiers.append(0, 5);
        tiers.round();
        tiers.check();
      }
      tiers.restart();
      tiers.round();
      tiers.check();
    }
    assertThat(tiers.state(0).logStart()).isZero();
    assertThat(tiers.table(0).tieredTo()).as("but tiering went on").isPositive();
  }

  @Test
  void deletionGoesOnUntilItIsDone() {
    TwoTiers tiers = tiers(1, TIERING);
    tiers.append(0, 20);
    tiers.passes().runNow(tiers.topic, false);
    TopicDeletions deletions = tiers.deletions();
    tiers.faults.plan((call, after) -> at(call, "purge", away));
    deletions.delete(tiers.topic.id(), true);
    assertThat(tiers.topics.find("orders")).isEmpty();
    assertThat(tiers.topics.deletions()).hasSize(1);
    assertThat(deletions.resume()).isFalse();
    tiers.faults.none();
    tiers.restart();
    assertThat(tiers.deletions().resume()).isTrue();
    assertThat(tiers.topics.deletions()).isEmpty();
    assertThat(tiers.cold.topic(tiers.topic.id())).isEmpty();
  }

  @Test
  void deletionMayKeepTheTable() {
    TwoTiers tiers = tiers(1, TIERING);
    tiers.append(0, 20);
    tiers.passes().runNow(tiers.topic, false);
    tiers.deletions().delete(tiers.topic.id(), false);
    assertThat(tiers.topics.deletions()).isEmpty();
    assertThat(tiers.cold.topic(tiers.topic.id())).isPresent();
    tiers.passes().runWhenFree(tiers.topic);
  }
}
