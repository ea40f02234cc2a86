package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Span;
import io.thermocline.model.TopicId;
import io.thermocline.tiering.policy.TopicPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MergePlannerTest {
  /** A day less the edge that is left for a file that reaches over it. */
  private static final Duration WINDOW = Duration.ofDays(1).multipliedBy(15).dividedBy(16);

  /** Where a window of topics that are kept for twenty days begins. */
  private static final Instant START = Instant.EPOCH.plus(WINDOW.multipliedBy(22_000));

  private static final Instant CREATED = START.minus(Duration.ofDays(3_650));
  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;
  private static final MergePlanner.Budget ALL =
      new MergePlanner.Budget(Long.MAX_VALUE, Integer.MAX_VALUE);

  /** Full from 64 MiB on; a merged file spans a day at most. */
  private static final TopicPolicy POLICY =
      policy("tiering: { targetFileBytes: 128MiB }", "retention: { age: 20d }");

  private final List<ColdFile> files = new ArrayList<>();
  private String problem;

  @Test
  void aFewSmallFilesAreLeftWhileMoreMayCome() {
    addMany(7, 3 * KIB, 0);

    assertThat(plan(POLICY, 7 * 15)).isEmpty();
  }

  @Test
  void eightOfTheSmallestAreMerged() {
    addMany(8, 3 * KIB, 0);

    assertThat(plan(POLICY, 8 * 15)).containsExactly(new OffsetRange(0, 80));
  }

  @Test
  void largerOnesAreMergedOnceTheyFillTheNextClass() {
    addMany(6, 10 * MIB, 0);
    assertThat(plan(POLICY, 100)).isEmpty();

    add(10 * MIB, 90, 105);
    assertThat(plan(POLICY, 110)).containsExactly(new OffsetRange(0, 70));
  }

  @Test
  void aFullFileStaysAndPartsItsNeighbors() {
    addMany(4, 10 * MIB, 0);
    add(64 * MIB, 60, 75);
    addMany(4, 10 * MIB, 75);

    assertThat(plan(POLICY, 200)).isEmpty();
    assertThat(plan(POLICY, 3_000))
        .containsExactly(new OffsetRange(0, 40), new OffsetRange(50, 90));
  }

  @Test
  void noFileBecomesLargerThanTheTarget() {
    addMany(5, 50 * MIB, 0);

    assertThat(plan(POLICY, 100)).containsExactly(new OffsetRange(0, 20), new OffsetRange(20, 40));
  }

  @Test
  void whatIsLeftOfAPastWindowIsMergedWhateverItsSize() {
    addMany(3, 3 * KIB, 0);

    assertThat(plan(POLICY, 1_350 + 80)).isEmpty();
    assertThat(plan(POLICY, 1_350 + 90)).containsExactly(new OffsetRange(0, 30));
  }

  @Test
  void filesOfDifferentWindowsStayApart() {
    add(3 * KIB, 0, 10);
    add(3 * KIB, 1_300, 1_340);
    add(3 * KIB, 1_345, 1_355);
    add(3 * KIB, 2_600, 2_650);

    assertThat(plan(POLICY, 10_000))
        .containsExactly(new OffsetRange(0, 20), new OffsetRange(20, 40));
  }

  @Test
  void aMergedFileNeverSpansMoreThanItMay() {
    add(3 * KIB, -600, 10);
    add(3 * KIB, 20, 30);
    add(3 * KIB, 1_000, 1_349);

    assertThat(plan(POLICY, 10_000)).containsExactly(new OffsetRange(0, 20));
    assertThat(MergePlanner.maxSpan(POLICY)).isEqualTo(Duration.ofDays(1));
    assertThat(MergePlanner.maxSpan(policy("retention: { age: 3d }")))
        .isEqualTo(Duration.ofDays(1));
    assertThat(MergePlanner.maxSpan(policy("retention: { age: 400d }")))
        .isEqualTo(Duration.ofDays(20));
    assertThat(MergePlanner.maxSpan(policy("retention: { age: unlimited }")))
        .isEqualTo(Duration.ofDays(30));
  }

  @Test
  void aClockThatWasYearsAheadForAWhileKeepsItsFilesApart() {
    int years = 10 * 365 * 24 * 60;
    add(3 * KIB, 0, 10);
    add(3 * KIB, 10, years);
    add(3 * KIB, years, years + 5);
    add(3 * KIB, 20, 30);

    assertThat(plan(POLICY, 10_000)).isEmpty();
    add(3 * KIB, 30, 40);
    assertThat(plan(POLICY, 10_000)).containsExactly(new OffsetRange(30, 50));
  }

  @Test
  void aDegradedPartitionIsLeftAlone() {
    addMany(8, 3 * KIB, 0);
    problem = "another writer";

    assertThat(plan(POLICY, 8 * 15)).isEmpty();
  }

  @Test
  void theBudgetGoesToWhatDoesMostForTheFewestBytesAndOneGroupAlwaysFits() {
    addMany(8, 3 * KIB, 0);
    List<ColdFile> small = List.copyOf(files);
    files.clear();
    addMany(7, 10 * MIB, 0);
    Map<Integer, ColdPartition> partitions = new HashMap<>();
    partitions.put(0, partition(0, files));
    partitions.put(1, partition(1, small));

    assertThat(ranges(partitions, new MergePlanner.Budget(MIB, 100)))
        .containsExactly(new OffsetRange(0, 80));
    assertThat(ranges(partitions, new MergePlanner.Budget(1, 1)))
        .containsExactly(new OffsetRange(0, 80));
    assertThat(ranges(partitions, new MergePlanner.Budget(100 * MIB, 14)))
        .containsExactly(new OffsetRange(0, 80));
    assertThat(ranges(partitions, new MergePlanner.Budget(100 * MIB, 15))).hasSize(2);
  }

  private List<OffsetRange> ranges(
      Map<Integer, ColdPartition> partitions, MergePlanner.Budget budget) {
    return MergePlanner.plan(
            table(partitions), POLICY, CREATED, START.plus(Duration.ofMinutes(200)), budget)
        .stream()
        .map(ColdCommit.Merge::rangeOf)
        .toList();
  }

  private List<OffsetRange> plan(TopicPolicy policy, int minute) {
    return MergePlanner.plan(
            table(Map.of(0, partition(0, files))),
            policy,
            CREATED,
            START.plus(Duration.ofMinutes(minute)),
            ALL)
        .stream()
        .map(ColdCommit.Merge::rangeOf)
        .sorted(Comparator.comparingLong(OffsetRange::from))
        .toList();
  }

  private static ColdTopic table(Map<Integer, ColdPartition> partitions) {
    return new ColdTopic(new TopicId(new UUID(1, 2), "orders"), "orders", "memory:", partitions);
  }

  private ColdPartition partition(int number, List<ColdFile> of) {
    return new ColdPartition(number, 0, 1_000, of, List.of(), Optional.ofNullable(problem));
  }

  /** Files of ten offsets and fifteen minutes each. */
  private void addMany(int count, long bytes, int minute) {
    for (int i = 0; i < count; i++) {
      add(bytes, minute + 15 * i, minute + 15 * (i + 1));
    }
  }

  private void add(long bytes, int firstMinute, int lastMinute) {
    long from = files.size() * 10L;
    files.add(
        new World.File(
            0,
            new Span(
                new OffsetRange(from, from + 10), bytes, at(firstMinute), at(lastMinute), true)));
  }

  private static long at(int minute) {
    return START.plus(Duration.ofMinutes(minute)).toEpochMilli();
  }

  private static TopicPolicy policy(String... lines) {
    return Policies.of(lines);
  }
}
