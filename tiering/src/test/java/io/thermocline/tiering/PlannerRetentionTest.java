package io.thermocline.tiering;

import static io.thermocline.tiering.World.at;
import static io.thermocline.tiering.World.partition;
import static io.thermocline.tiering.World.topic;
import static io.thermocline.tiering.World.usual;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.OffsetRange;
import io.thermocline.tiering.PartitionPlan.Expiry;
import io.thermocline.tiering.PartitionPlan.FilePlan;
import io.thermocline.tiering.PartitionPlan.Trim;
import io.thermocline.tiering.policy.TopicPolicy;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the planner lets go of: local copies, and records for good. */
class PlannerRetentionTest {
  private static final TopicPolicy TIERED =
      Policies.of("tiering: { minFileBytes: 32MiB, maxLag: 15m, targetFileBytes: 100MiB }");

  private static PartitionPlan plan(
      TopicPolicy policy, Occasion occasion, World.Partition partition) {
    return Planner.plan(topic(partition), policy, occasion).get(0);
  }

  private static OffsetRange range(long from, long to) {
    return new OffsetRange(from, to);
  }

  // Letting go of local copies.

  @Test
  void trimsTieredSpansOnceTheyAreOldEnough() {
    TopicPolicy policy = Policies.of("tiering: { maxLag: 15m }", "hot: { retain: 1h }");
    World.Partition partition =
        partition(0)
            .cold(0, 20, 1, 20)
            .hot(0, 10, 7, 0, 10)
            .hot(10, 20, 8, 10, 20)
            .hot(20, 30, 9, 20, 21);
    assertThat(plan(policy, usual(69), partition).trim()).isEmpty();
    assertThat(plan(policy, usual(70), partition).trim())
        .contains(new Trim(range(0, 10), 7, "hot.retain 1h"));
    assertThat(plan(policy, usual(10_000), partition).trim())
        .contains(new Trim(range(0, 20), 15, "hot.retain 1h"));
  }

  @Test
  void hotLimitsNeverTouchWhatIsNotTieredWhole() {
    TopicPolicy policy =
        Policies.of("tiering: { maxLag: 15m }", "hot: { retain: 0s, maxBytes: 0B }");
    World.Partition partition =
        partition(0).cold(0, 15, 1, 0).hot(0, 10, 7, 0, 10).hot(10, 20, 8, 10, 20);
    for (Occasion occasion : new Occasion[] {usual(99_999), at(99_999, true, true, true)}) {
      assertThat(plan(policy, occasion, partition).trim().orElseThrow().upTo()).isEqualTo(10);
    }
  }

  @Test
  void hotMaxBytesIsForTheWholeTopicAndTakesTheOldestFirst() {
    TopicPolicy policy =
        Policies.of("tiering: { maxLag: 15m }", "hot: { retain: unlimited, maxBytes: 30B }");
    var plans =
        Planner.plan(
            topic(
                partition(0).cold(0, 20, 1, 0).hot(0, 10, 10, 5, 6).hot(10, 20, 10, 8, 9),
                partition(1).cold(0, 20, 1, 0).hot(0, 10, 10, 1, 2).hot(10, 20, 10, 3, 7)),
            policy,
            usual(10));
    assertThat(plans.get(0).trim()).isEmpty();
    assertThat(plans.get(1).trim()).contains(new Trim(range(0, 10), 10, "hot.maxBytes 30B"));
  }

  @Test
  void aFullDiskLetsGoOfEverythingTiered() {
    TopicPolicy policy = Policies.of("tiering: { maxLag: 15m }", "hot: { retain: unlimited }");
    PartitionPlan plan =
        plan(
            policy,
            at(1, false, false, true),
            partition(0).cold(0, 10, 1, 0).hot(0, 10, 7, 0, 1).hot(10, 20, 7, 1, 1));
    assertThat(plan.trim()).contains(new Trim(range(0, 10), 7, "disk full"));
  }

  @Test
  void anOpenSpanIsNeverTrimmed() {
    PartitionPlan plan =
        plan(TIERED, at(1, true, true, true), partition(0).cold(0, 10, 1, 0).open(0, 10, 7, 0, 1));
    assertThat(plan.trim()).isEmpty();
  }

  // Deleting for good.

  @Test
  void deletesByAgeOverBothTiersWholeRunsAtATime() {
    TopicPolicy policy =
        Policies.of("tiering: { maxLag: 15m }", "hot: { retain: 30m }", "retention: { age: 1h }");
    World.Partition partition =
        partition(0)
            .cold(0, 10, 5, 10)
            .cold(10, 20, 6, 20)
            .hot(10, 20, 60, 10, 20)
            .hot(20, 30, 70, 20, 30);
    assertThat(plan(policy, usual(69), partition).expiry()).isEmpty();
    assertThat(plan(policy, usual(70), partition).expiry())
        .contains(new Expiry(range(0, 10), 5, range(10, 10), 0, "retention.age 1h"));
    assertThat(plan(policy, usual(80), partition).expiry())
        .contains(new Expiry(range(0, 20), 11, range(20, 20), 0, "retention.age 1h"));
  }

  @Test
  void totalRetentionDeletesWhatWasNeverTieredAndSaysSo() {
    TopicPolicy policy = Policies.of("tiering: { maxLag: 15m }", "retention: { age: 1h }");
    PartitionPlan plan =
        plan(
            policy,
            usual(10_000),
            partition(0).cold(0, 10, 5, 10).hot(10, 20, 70, 20, 30).open(20, 30, 1, 40, 50));
    assertThat(plan.expiry())
        .contains(new Expiry(range(0, 20), 75, range(10, 20), 70, "retention.age 1h"));
    assertThat(plan.files()).extracting(FilePlan::range).containsExactly(range(20, 30));
  }

  @Test
  void anOffsetInBothTiersCountsOnce() {
    TopicPolicy policy =
        Policies.of(
            "tiering: { maxLag: 15m }", "hot: { retain: 1h }", "retention: { maxBytes: 1KiB }");
    World.Partition partition =
        partition(0).cold(0, 10, 500, 10).hot(0, 10, 900, 0, 10).hot(10, 20, 524, 10, 12);
    assertThat(plan(policy, usual(13), partition).expiry()).isEmpty();
    partition.open(20, 21, 1, 12, 13);
    assertThat(plan(policy, usual(13), partition).expiry())
        .contains(new Expiry(range(0, 10), 500, range(10, 10), 0, "retention.maxBytes 1KiB"));
  }

  @Test
  void retentionBySizeIsForTheWholeTopicAndTakesTheOldestFirst() {
    TopicPolicy policy = Policies.of("retention: { maxBytes: 1KiB }");
    var plans =
        Planner.plan(
            topic(
                partition(0).hot(0, 10, 600, 5, 6).hot(10, 20, 600, 8, 9),
                partition(1).hot(0, 10, 400, 1, 7).open(10, 20, 424, 7, 9)),
            policy,
            usual(10));
    assertThat(plans.get(0).expiry().orElseThrow().range()).isEqualTo(range(0, 10));
    assertThat(plans.get(1).expiry().orElseThrow().range()).isEqualTo(range(0, 10));
  }

  @Test
  void theOpenSpanIsNeverDeleted() {
    TopicPolicy policy = Policies.of("retention: { age: 1s, maxBytes: 1KiB }");
    PartitionPlan plan = plan(policy, usual(99_999), partition(0).open(0, 10, 9_999_999, 0, 1));
    assertThat(plan.expiry()).isEmpty();
  }

  @Test
  void aTrimThatTheDeletionCoversIsNotPlannedAsWell() {
    TopicPolicy policy =
        Policies.of("tiering: { maxLag: 15m }", "hot: { retain: 30m }", "retention: { age: 1h }");
    PartitionPlan plan =
        plan(policy, usual(99_999), partition(0).cold(0, 10, 5, 10).hot(0, 10, 7, 0, 10));
    assertThat(plan.expiry()).isPresent();
    assertThat(plan.trim()).isEmpty();
  }

  // Clocks that jump.

  @Test
  void aJumpForwardDeletesNothingAsRetentionHasItsOwnTime() {
    TopicPolicy policy =
        Policies.of("tiering: { maxLag: 15m }", "hot: { retain: 1h }", "retention: { age: 2h }");
    Instant trusted = World.START.plus(Duration.ofMinutes(30));
    Occasion jumped =
        new Occasion(
            trusted.plus(Duration.ofDays(3_650)), trusted, true, false, false, false, 1 << 30);
    PartitionPlan plan = plan(policy, jumped, partition(0).cold(0, 10, 5, 10).hot(0, 10, 7, 0, 10));
    assertThat(plan.expiry()).isEmpty();
    assertThat(plan.trim()).isEmpty();
  }

  @Test
  void recordsAppendedWhileTheClockWasYearsBackAreNotTakenForOld() {
    TopicPolicy policy =
        Policies.of("tiering: { maxLag: 15m }", "hot: { retain: 1h }", "retention: { age: 2h }");
    int tenYearsBack = -3_000 * 24 * 60;
    PartitionPlan plan =
        plan(
            policy,
            usual(60),
            partition(0)
                .hot(0, 10, 7, 0, 30)
                .hot(10, 20, 7, tenYearsBack, tenYearsBack + 1)
                .hot(20, 30, 7, 32, 33));
    assertThat(plan.expiry()).isEmpty();
  }
}
