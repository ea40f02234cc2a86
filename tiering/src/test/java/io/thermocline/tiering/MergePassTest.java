package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files become larger ones between two passes, whatever fails. */
class MergePassTest {
  private static final Duration UPKEEP = Duration.ofMinutes(10);

  @TempDir Path directory;

  @Test
  void upkeepMergesSmallFilesOfAllPartitionsInOneCommit() {
    TwoTiers tiers = tiers("many");
    tierSmallFiles(tiers, 8);
    assertThat(tiers.table(0).files()).hasSize(8);

    upkeep(tiers);

    assertThat(tiers.table(0).files()).hasSize(1);
    assertThat(tiers.table(1).files()).hasSize(1);
    assertThat(tiers.counter("merged.files")).isEqualTo(16);
    assertThat(tiers.counter("files")).as("files tiered").isEqualTo(16);
    tiers.check();
    tierSmallFiles(tiers, 3);
    upkeep(tiers);
    assertThat(tiers.table(0).files()).hasSize(4);
    tiers.check();
  }

  @Test
  void aTopicThatIsNotTieredAnyMoreIsNotMerged() {
    TwoTiers tiers = tiers("off");
    tierSmallFiles(tiers, 8);
    tiers.restart("tiering: { enabled: false }");

    upkeep(tiers);

    assertThat(tiers.table(0).files()).hasSize(8);
  }

  @Test
  void killedAtEachPointOfAMergeEveryOffsetIsThereOnceAndTheNextProcessFinishes() {
    boolean reached = true;
    int points = 0;
    for (int point = 1; reached; point++) {
      TwoTiers tiers = tiers("at-" + point);
      tierSmallFiles(tiers, 8);
      tiers.faults.killAt(point);
      try {
        upkeep(tiers);
      } catch (ThermoclineException | Faults.Killed e) {
        assertThat(tiers.faults.dead()).isTrue();
      }
      reached = tiers.faults.dead();
      points += reached ? 1 : 0;
      tiers.faults.none();
      tiers.check();
      tiers.restart();
      upkeep(tiers);
      upkeep(tiers);
      tiers.check();
      assertThat(tiers.table(0).files()).hasSize(1);
      assertThat(tiers.table(1).files()).hasSize(1);
    }
    assertThat(points).as("points to be killed at").isGreaterThan(8);
  }

  @Test
  void aMergeWhoseOutcomeIsUnknownIsSentAgainBeforeAnythingElse() {
    TwoTiers tiers = tiers("unknown");
    tierSmallFiles(tiers, 8);
    boolean[] made = {false};
    tiers.faults.plan(
        (call, after) -> {
          boolean now = call.equals("commit") && after && !made[0];
          made[0] |= now;
          return now ? new ThermoclineException(ErrorKind.OUTCOME_UNKNOWN, "injected") : null;
        });
    Await.throwsKind(ErrorKind.OUTCOME_UNKNOWN, () -> upkeep(tiers));
    assertThat(tiers.work().pending()).isPresent();
    long written = tiers.cold.filesWritten();

    tiers.round();

    assertThat(tiers.work().pending()).isEmpty();
    assertThat(tiers.cold.filesWritten()).as("nothing is merged again").isEqualTo(written);
    assertThat(tiers.table(0).files()).hasSize(1);
    assertThat(tiers.counter("merged.files")).isEqualTo(16);
    tiers.check();
  }

  @Test
  void aMergeThatMeetsANewerTableIsPlannedAnew() {
    TwoTiers tiers = tiers("conflict");
    tierSmallFiles(tiers, 8);
    TopicWorks others = new TopicWorks();
    Passes other = tiers.tierer(others);
    boolean[] done = {false};
    tiers.faults.plan(
        (call, after) -> {
          if (call.equals("commit") && !after && !done[0]) {
            done[0] = true;
            other.runWhenFree(tiers.topic);
          }
          return null;
        });

    upkeep(tiers);

    assertThat(done[0]).isTrue();
    assertThat(tiers.work().pending()).isEmpty();
    assertThat(tiers.table(0).files()).hasSize(1);
    tiers.check();
  }

  @Test
  void aDamagedFileHoldsUpNoOtherPartition() {
    TwoTiers tiers = tiers("damaged");
    tierSmallFiles(tiers, 8);
    int[] merges = {0};
    tiers.faults.plan(
        (call, after) ->
            call.equals("merge") && !after && merges[0]++ == 0
                ? new ThermoclineException(ErrorKind.CORRUPT, "injected")
                : null);

    upkeep(tiers);

    assertThat(tiers.table(0).files().size() + tiers.table(1).files().size()).isEqualTo(9);
    tiers.check();
    tiers.faults.none();
    upkeep(tiers);
    assertThat(tiers.table(0).files()).hasSize(1);
    assertThat(tiers.table(1).files()).hasSize(1);
    tiers.check();
  }

  @Test
  void aDegradedPartitionHoldsUpNoOther() {
    TwoTiers tiers = tiers("degraded");
    tierSmallFiles(tiers, 8);
    tiers.cold.degrade(tiers.partition(0), "foreign rows");

    upkeep(tiers);

    assertThat(tiers.table(0).files()).hasSize(8);
    assertThat(tiers.table(1).files()).hasSize(1);
  }

  private TwoTiers tiers(String name) {
    return new TwoTiers(
        directory.resolve(name),
        2,
        "tiering: { minFileBytes: 1MiB, maxLag: 1m, targetFileBytes: 64MiB }",
        "hot: { retain: 0s }",
        "retention: { age: 30d }");
  }

  /** One file a round and partition; upkeep is not due. */
  private static void tierSmallFiles(TwoTiers tiers, int count) {
    for (int file = 0; file < count; file++) {
      tiers.append(0, 3);
      tiers.append(1, 2);
      tiers.pass(Duration.ofSeconds(1));
      tiers.passes().runNow(tiers.topic, false);
    }
  }

  private static void upkeep(TwoTiers tiers) {
    tiers.pass(UPKEEP);
    tiers.passes().runWhenFree(tiers.topic);
  }
}
