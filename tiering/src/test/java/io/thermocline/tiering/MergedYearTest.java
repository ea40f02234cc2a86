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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A year of files through the planner alone: how many are left, and what that took. */
class MergedYearTest {
  private static final Duration COMMIT = Duration.ofMinutes(15);
  private static final Duration UPKEEP = Duration.ofMinutes(10);
  private static final long FOOTER = 2_500;
  private static final int YEAR = 365;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final MergePlanner.Budget BUDGET = new MergePlanner.Budget(1L << 30, 1_000);

  /** What comes in, and what it may become. */
  enum Stream {
    /** A sensor. */
    TRICKLE("retention: { age: 365d }", 400, 60, 6.0),
    /** Kept for good. */
    TRICKLE_FOR_GOOD("retention: { age: unlimited }", 400, 60, 6.0),
    /** Kept for a week: windows of a day. */
    WEEK("retention: { age: 7d }", 50_000, 60, 6.0),
    /** Some 700 MB a day. */
    STEADY("retention: { age: 90d }", 7 << 20, 600, 5.0),
    /** Files as large as the policy asks for from the start, 3 GB a day. */
    BUSY("retention: { age: 30d }", 33 << 20, 1_000, 3.0),
    /** Nothing by night, much by day. */
    BURSTS("retention: { age: 365d }", 0, 1_800, 5.0);

    private final String retention;
    private final long bytes;
    private final int mostFiles;
    private final double mostWrites;

    Stream(String retention, long bytes, int mostFiles, double mostWrites) {
      this.retention = retention;
      this.bytes = bytes;
      this.mostFiles = mostFiles;
      this.mostWrites = mostWrites;
    }

    TopicPolicy policy() {
      return Policies.of(retention);
    }

    /** Of the records that came since the last commit. */
    long bytes(Random random, int ofDay) {
      if (bytes > 0) {
        return bytes / 2 + random.nextLong(bytes);
      }
      return ofDay < 30 ? random.nextInt(2_000) : random.nextInt(16 << 20);
    }
  }

  private final List<ColdFile> files = new ArrayList<>();
  private long offset;
  private long written;
  private long rewritten;
  private int most;

  @ParameterizedTest
  @EnumSource
  void endsWithABoundedNumberOfFilesAndFewWritesOfEachByte(Stream stream) {
    Random random = new Random(42);
    TopicPolicy policy = stream.policy();
    int ofDay = (int) Duration.ofDays(1).dividedBy(COMMIT);
    for (int commit = 0; commit < YEAR * ofDay; commit++) {
      Instant now = START.plus(COMMIT.multipliedBy(commit + 1L));
      add(now, stream.bytes(random, commit % ofDay));
      expire(policy, now);
      if (COMMIT.multipliedBy(commit).toMinutes() % UPKEEP.toMinutes() == 0 || commit % 2 == 0) {
        merge(policy, now);
      }
      most = Math.max(most, files.size());
    }

    double writes = 1 + (double) rewritten / written;
    System.out.printf(
        "a year of %-16s files written %d, most at a time %d, at the end %d; each byte written %.2f"
            + " times%n",
        stream, YEAR * ofDay, most, files.size(), writes);
    assertThat(most).isLessThan(stream.mostFiles);
    assertThat(writes).isLessThan(stream.mostWrites);
    assertThat(files)
        .allSatisfy(
            file ->
                assertThat(
                        Duration.ofMillis(
                            file.span().lastAppendTimeMillis()
                                - file.span().firstAppendTimeMillis()))
                    .isLessThanOrEqualTo(MergePlanner.maxSpan(policy)));
  }

  private void add(Instant now, long records) {
    files.add(file(offset, offset + 100, records + FOOTER, now.minus(COMMIT), now));
    offset += 100;
    written += records + FOOTER;
  }

  private void expire(TopicPolicy policy, Instant now) {
    policy
        .retention()
        .age()
        .ifPresent(
            age ->
                files.removeIf(
                    file -> file.span().lastAppendTimeMillis() <= now.minus(age).toEpochMilli()));
  }

  private void merge(TopicPolicy policy, Instant now) {
    ColdPartition partition = new ColdPartition(0, 0, offset, files, List.of(), Optional.empty());
    ColdTopic table =
        new ColdTopic(new TopicId(new UUID(1, 2), "t"), "t", "memory:", Map.of(0, partition));
    for (List<ColdFile> group : MergePlanner.plan(table, policy, START, now, BUDGET)) {
      OffsetRange range = ColdCommit.Merge.rangeOf(group);
      long bytes = MergePlanner.bytes(group) - FOOTER * (group.size() - 1);
      int at = files.indexOf(group.get(0));
      ColdFile merged =
          file(
              range.from(),
              range.to(),
              bytes,
              Instant.ofEpochMilli(group.get(0).span().firstAppendTimeMillis()),
              Instant.ofEpochMilli(group.get(group.size() - 1).span().lastAppendTimeMillis()));
      files.subList(at, at + group.size()).clear();
      files.add(at, merged);
      rewritten += bytes;
    }
  }

  private static ColdFile file(long from, long to, long bytes, Instant first, Instant last) {
    return new World.File(
        0,
        new Span(
            new OffsetRange(from, to), bytes, first.toEpochMilli(), last.toEpochMilli(), true));
  }
}
