package io.thermocline.tiering;

import static io.thermocline.tiering.World.MIB;
import static io.thermocline.tiering.World.at;
import static io.thermocline.tiering.World.partition;
import static io.thermocline.tiering.World.topic;
import static io.thermocline.tiering.World.usual;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.OffsetRange;
import io.thermocline.tiering.PartitionPlan.FilePlan;
import io.thermocline.tiering.policy.TopicPolicy;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the planner tiers, and when it stands still. */
class PlannerTest {
  private static final TopicPolicy TIERED =
      Policies.of("tiering: { minFileBytes: 32MiB, maxLag: 15m, targetFileBytes: 100MiB }");

  private static PartitionPlan plan(
      TopicPolicy policy, Occasion occasion, World.Partition partition) {
    return Planner.plan(topic(partition), policy, occasion).get(0);
  }

  private static OffsetRange range(long from, long to) {
    return new OffsetRange(from, to);
  }

  // Tiering.

  @Test
  void waitsWhileThereIsLittleAndItIsYoung() {
    PartitionPlan plan =
        plan(TIERED, usual(10), partition(0).hot(0, 10, 20 * MIB, 0, 5).open(10, 20, MIB, 5, 9));
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.problem()).isEmpty();
  }

  @Test
  void tiersWhatIsSealedOnceThereIsEnough() {
    PartitionPlan plan =
        plan(
            TIERED,
            usual(10),
            partition(0)
                .hot(0, 10, 20 * MIB, 0, 5)
                .hot(10, 20, 12 * MIB, 5, 6)
                .open(20, 30, 50 * MIB, 6, 9));
    assertThat(plan.files())
        .containsExactly(new FilePlan(range(0, 20), 32 * MIB, "tiering.minFileBytes 32MiB"));
    assertThat(plan.seal()).isFalse();
  }

  @Test
  void cutsFilesAlongSpansUpToTheTarget() {
    PartitionPlan plan =
        plan(
            TIERED,
            usual(10),
            partition(0)
                .hot(0, 10, 60 * MIB, 0, 1)
                .hot(10, 20, 40 * MIB, 1, 2)
                .hot(20, 30, 120 * MIB, 2, 3)
                .hot(30, 40, 90 * MIB, 3, 4));
    assertThat(plan.files())
        .extracting(FilePlan::range)
        .containsExactly(range(0, 20), range(20, 30), range(30, 40));
  }

  @Test
  void leavesASmallLastFileForLater() {
    World.Partition partition = partition(0).hot(0, 10, 90 * MIB, 0, 1).hot(10, 20, 20 * MIB, 1, 2);
    assertThat(plan(TIERED, usual(10), partition).files())
        .extracting(FilePlan::range)
        .containsExactly(range(0, 10));
    assertThat(plan(TIERED, at(10, true, false, false), partition).files())
        .extracting(FilePlan::range)
        .containsExactly(range(0, 10), range(10, 20));
  }

  @Test
  void anOverdueRecordSealsTheOpenSpanAndTiersAll() {
    PartitionPlan plan =
        plan(TIERED, usual(15), partition(0).hot(0, 10, 1, 0, 5).open(10, 20, 2, 5, 14));
    assertThat(plan.seal()).isTrue();
    assertThat(plan.files()).containsExactly(new FilePlan(range(0, 20), 3, "tiering.maxLag 15m"));
  }

  @Test
  void ageCountsFromTheOldestRecordThatIsNotTiered() {
    World.Partition partition =
        partition(0).cold(0, 10, 5, 0).hot(0, 10, MIB, 0, 1).open(10, 20, 2, 10, 14);
    assertThat(plan(TIERED, usual(24), partition).files()).isEmpty();
    assertThat(plan(TIERED, usual(25), partition).files()).hasSize(1);
  }

  @Test
  void anAppendTimeFarInTheFutureDoesNotKeepRecordsFromBeingTiered() {
    PartitionPlan plan = plan(TIERED, usual(0), partition(0).hot(0, 10, 1, 5_000_000, 5_000_001));
    assertThat(plan.files()).hasSize(1);
  }

  @Test
  void whatWasSealedAMomentAgoIsNotSealedAgain() {
    PartitionPlan plan =
        plan(
            TIERED,
            usual(15).withoutEnding(),
            partition(0).hot(0, 10, 1, 0, 5).open(10, 20, 2, 15, 15));
    assertThat(plan.seal()).isFalse();
    assertThat(plan.files()).extracting(FilePlan::range).containsExactly(range(0, 10));
  }

  @Test
  void neverTiersPastTheStableEnd() {
    PartitionPlan plan =
        plan(
            TIERED,
            at(10, true, false, false),
            partition(0).hot(0, 10, 1, 0, 1).hot(10, 20, 1, 1, 2).stableEnd(15));
    assertThat(plan.files()).extracting(FilePlan::range).containsExactly(range(0, 10));
  }

  @Test
  void goesOnInsideASpanWhereTieredToStands() {
    PartitionPlan plan =
        plan(
            TIERED,
            at(10, true, false, false),
            partition(0).cold(0, 4, 1, 0).hot(0, 10, 100, 0, 1));
    assertThat(plan.files()).containsExactly(new FilePlan(range(4, 10), 60, "asked for"));
  }

  @Test
  void beginsAtTheLogStartWhenThatIsPastTieredTo() {
    PartitionPlan plan =
        plan(
            TIERED,
            at(10, true, false, false),
            partition(0).cold(0, 4, 1, 0).hot(0, 10, 100, 0, 1).logStart(6, 0));
    assertThat(plan.files()).extracting(FilePlan::range).containsExactly(range(6, 10));
  }

  @Test
  void aFullDiskOverridesLagAndSize() {
    PartitionPlan plan =
        plan(
            TIERED,
            at(1, false, false, true),
            partition(0).hot(0, 10, MIB, 0, 0).open(10, 20, MIB, 0, 1));
    assertThat(plan.files()).containsExactly(new FilePlan(range(0, 10), MIB, "disk full"));
    assertThat(plan.seal()).isFalse();
  }

  @Test
  void aTopicThatIsNotTieredIsLeftOnDisk() {
    PartitionPlan plan =
        plan(
            TopicPolicy.defaults(),
            at(1_000_000, true, false, true),
            partition(0).hot(0, 10, 900 * MIB, 0, 0));
    assertThat(plan.isEmpty()).isTrue();
  }

  @Test
  void oneCommitTakesTheMostOverduePartitionsAsFarAsItsBudgetGoes() {
    Occasion usual = usual(60);
    Occasion small =
        new Occasion(usual.now(), usual.retentionTime(), true, false, false, false, 150 * MIB);
    var plans =
        Planner.plan(
            topic(
                partition(0).hot(0, 10, 90 * MIB, 30, 31).hot(10, 20, 90 * MIB, 31, 32),
                partition(1).hot(0, 10, 60 * MIB, 10, 11),
                partition(2).hot(0, 10, 90 * MIB, 50, 51)),
            TIERED,
            small);
    assertThat(plans.get(0).files()).extracting(FilePlan::range).containsExactly(range(0, 10));
    assertThat(plans.get(1).files()).hasSize(1);
    assertThat(plans.get(2).files()).isEmpty();
  }

  @Test
  void whatCouldNotBeTieredGetsWhatTheOthersLeaveOfTheBudget() {
    Occasion usual = usual(60);
    Occasion small =
        new Occasion(usual.now(), usual.retentionTime(), true, false, false, false, 150 * MIB);
    var plans =
        Planner.plan(
            topic(
                partition(0).hot(0, 10, 90 * MIB, 1, 2).hot(10, 20, 90 * MIB, 2, 3),
                partition(1).hot(0, 10, 60 * MIB, 10, 11),
                partition(2).hot(0, 10, 80 * MIB, 20, 21)),
            TIERED,
            small,
            Set.of(0));
    assertThat(plans.get(0).files()).isEmpty();
    assertThat(plans.get(1).files()).hasSize(1);
    assertThat(plans.get(2).files()).hasSize(1);
  }

  @Test
  void oneFileIsTakenEvenIfItIsLargerThanTheBudget() {
    Occasion usual = usual(60);
    Occasion small = new Occasion(usual.now(), usual.now(), true, false, false, false, 1);
    assertThat(plan(TIERED, small, partition(0).hot(0, 10, 90 * MIB, 30, 31)).files()).hasSize(1);
  }

  // Standing still.

  @Test
  void nothingIsDoneToADegradedPartitionAndTheOthersGoOn() {
    TopicPolicy policy =
        Policies.of(
            "tiering: { maxLag: 15m }",
            "hot: { retain: 0s }",
            "retention: { age: 1d, maxBytes: 1KiB }");
    var plans =
        Planner.plan(
            topic(
                partition(0).cold(0, 10, 5_000, 0).hot(0, 20, 7, 0, 1).degraded("foreign rows"),
                partition(1).cold(0, 10, 500, 0).hot(0, 10, 7, 0, 1).hot(10, 20, 7, 1, 2)),
            policy,
            at(100, true, true, true));
    assertThat(plans.get(0).isEmpty()).isTrue();
    assertThat(plans.get(0).problem()).contains("foreign rows");
    assertThat(plans.get(1).files()).hasSize(1);
    assertThat(plans.get(1).trim()).isPresent();
    assertThat(plans.get(1).expiry()).as("the other one's bytes do not count").isEmpty();
  }

  @Test
  void aTableAheadOfTheLogStandsStill() {
    PartitionPlan plan =
        plan(TIERED, at(100, true, true, true), partition(0).tieredTo(50).hot(0, 20, 7, 0, 1));
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.problem().orElseThrow()).contains("50", "20");
  }

  @Test
  void aGapBetweenTheTiersStandsStillAndIsNamed() {
    PartitionPlan plan =
        plan(
            TIERED, at(100, true, true, true), partition(0).cold(0, 10, 5, 0).hot(15, 20, 7, 0, 1));
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.problem().orElseThrow()).contains("[10, 15)", "neither tier");
  }
}
