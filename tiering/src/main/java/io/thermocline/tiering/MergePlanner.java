package io.thermocline.tiering;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTopic;
import io.thermocline.tiering.policy.TopicPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides which small files of a table become larger ones: a pure function of the table, the policy
 * and the time.
 *
 * <p>A file is <em>full</em> from half of {@code targetFileBytes} on, and stays as it is. The time
 * is cut in windows, and only files of one window are merged, so that a merged file spans at most
 * {@link #maxSpan}:
 *
 * <ul>
 *   <li>while records still come to a window, neighbors are merged once they fill the next size
 *       class, each eight times the one before, or once there are eight of the smallest: so a
 *       record is written again at most once a class
 *   <li>once it is past, all of its neighbors are merged that fit in one file
 * </ul>
 */
final class MergePlanner {
  /** How many small files make one of the next class. */
  static final int FAN_IN = 8;

  /** Below this a file's size says little: most of it is footer. */
  private static final long SMALLEST_CLASS = 64 << 10;

  private static final Duration LEAST_SPAN = Duration.ofDays(1);

  /** Of topics that are kept for good. */
  private static final Duration SPAN_FOR_GOOD = Duration.ofDays(30);

  /** A merged file holds up retention by a part of it at most. */
  private static final int SPANS_IN_RETENTION = 20;

  /** This part of a span is left for the file that reaches over the edge of a window. */
  private static final int EDGE = 16;

  private final long target;
  private final long full;
  private final long maxSpan;
  private final long window;
  private final long created;
  private final long now;
  private final List<List<ColdFile>> groups = new ArrayList<>();

  /**
   * @param maxBytes how much to merge at once; one group is taken even if it is larger
   * @param maxFiles likewise in files
   */
  record Budget(long maxBytes, int maxFiles) {}

  private MergePlanner(TopicPolicy policy, Instant created, Instant now) {
    this.target = policy.tiering().targetFileBytes();
    this.full = Math.max(1, target / 2);
    this.maxSpan = maxSpan(policy).toMillis();
    this.window = maxSpan - maxSpan / EDGE;
    this.created = created.toEpochMilli();
    this.now = now.toEpochMilli();
  }

  /**
   * Groups of neighboring files of one partition each, every group to become one file. Those that
   * do most for the fewest bytes come first.
   *
   * @param now the time deleting goes by: a clock that jumps ahead closes no window
   */
  static List<List<ColdFile>> plan(
      ColdTopic table, TopicPolicy policy, Instant created, Instant now, Budget budget) {
    MergePlanner planner = new MergePlanner(policy, created, now);
    table.partitions().values().stream()
        .filter(partition -> partition.problem().isEmpty())
        .sorted(Comparator.comparingInt(ColdPartition::partition))
        .forEach(partition -> planner.add(partition.files()));
    return within(budget, planner.groups);
  }

  /** The longest time that the records of a merged file were appended over. */
  static Duration maxSpan(TopicPolicy policy) {
    Duration span =
        policy
            .retention()
            .age()
            .map(age -> age.dividedBy(SPANS_IN_RETENTION))
            .orElse(SPAN_FOR_GOOD);
    return span.compareTo(LEAST_SPAN) < 0 ? LEAST_SPAN : span;
  }

  /** Bytes of a group of files. */
  static long bytes(List<ColdFile> group) {
    return group.stream().mapToLong(file -> file.span().bytes()).sum();
  }

  private static List<List<ColdFile>> within(Budget budget, List<List<ColdFile>> groups) {
    groups.sort(Comparator.comparingDouble(group -> (double) bytes(group) / (group.size() - 1)));
    List<List<ColdFile>> within = new ArrayList<>();
    long bytes = 0;
    int files = 0;
    for (List<ColdFile> group : groups) {
      bytes += bytes(group);
      files += group.size();
      if (!within.isEmpty() && (bytes > budget.maxBytes() || files > budget.maxFiles())) {
        break;
      }
      within.add(group);
    }
    return within;
  }

  private void add(List<ColdFile> files) {
    long[] times =
        AppendTimes.believable(
            files.stream().mapToLong(file -> AppendTimes.last(file.span())).toArray(),
            created,
            now);
    int from = 0;
    for (int to = 1; to <= files.size(); to++) {
      if (to == files.size() || window(times[to]) != window(times[from])) {
        List<ColdFile> together = files.subList(from, to);
        if (isPast(window(times[from]))) {
          addAll(together);
        } else {
          addClasses(together);
        }
        from = to;
      }
    }
  }

  private long window(long millis) {
    return Math.floorDiv(millis, window);
  }

  /** Whether no more records come to a window, but for those that are late by all measures. */
  private boolean isPast(long number) {
    return now - maxSpan / EDGE >= (number + 1) * window;
  }

  private void addAll(List<ColdFile> files) {
    for (List<ColdFile> run : runs(files, full)) {
      fitting(run).stream().filter(group -> group.size() > 1).forEach(groups::add);
    }
  }

  /** What fills its class; of the lowest class where there is any, the others come later. */
  private void addClasses(List<ColdFile> files) {
    int before = groups.size();
    for (long limit : limits()) {
      for (List<ColdFile> run : runs(files, limit)) {
        fitting(run).stream().filter(group -> isWorth(group, limit)).forEach(groups::add);
      }
      if (groups.size() > before) {
        return;
      }
    }
  }

  private boolean isWorth(List<ColdFile> group, long limit) {
    return group.size() > 1
        && (bytes(group) >= limit || (limit <= SMALLEST_CLASS && group.size() >= FAN_IN));
  }

  /** Upper ends of the size classes, ascending; the last is where files are full. */
  private List<Long> limits() {
    List<Long> limits = new ArrayList<>();
    long limit = full;
    while (limit > SMALLEST_CLASS) {
      limits.add(0, limit);
      limit /= FAN_IN;
    }
    limits.add(0, Math.min(full, SMALLEST_CLASS));
    return limits;
  }

  /** Longest runs of files in our layout that are each smaller than {@code limit}. */
  private static List<List<ColdFile>> runs(List<ColdFile> files, long limit) {
    List<List<ColdFile>> runs = new ArrayList<>();
    int from = 0;
    for (int to = 0; to <= files.size(); to++) {
      if (to == files.size() || !isSmall(files.get(to), limit)) {
        if (to > from) {
          runs.add(files.subList(from, to));
        }
        from = to + 1;
      }
    }
    return runs;
  }

  /** What another writer laid out is brought back first. */
  private static boolean isSmall(ColdFile file, long limit) {
    return file.isInLayout() && file.span().bytes() < limit;
  }

  /** Cuts a run where one file would become too large or too long in time. */
  private List<List<ColdFile>> fitting(List<ColdFile> run) {
    List<List<ColdFile>> fitting = new ArrayList<>();
    int from = 0;
    long bytes = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (int i = 0; i < run.size(); i++) {
      long size = run.get(i).span().bytes();
      long start = Math.min(first, run.get(i).span().firstAppendTimeMillis());
      long end = Math.max(last, run.get(i).span().lastAppendTimeMillis());
      if (i > from && (bytes + size > target || end - start > maxSpan)) {
        fitting.add(run.subList(from, i));
        from = i;
        bytes = 0;
        start = run.get(i).span().firstAppendTimeMillis();
        end = run.get(i).span().lastAppendTimeMillis();
      }
      bytes += size;
      first = start;
      last = end;
    }
    fitting.add(run.subList(from, run.size()));
    return fitting;
  }
}
