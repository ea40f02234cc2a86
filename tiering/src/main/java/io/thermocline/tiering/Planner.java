package io.thermocline.tiering;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.Span;
import io.thermocline.model.TopicPartition;
import io.thermocline.tiering.PartitionPlan.Expiry;
import io.thermocline.tiering.PartitionPlan.FilePlan;
import io.thermocline.tiering.PartitionPlan.Trim;
import io.thermocline.tiering.policy.PolicyKey;
import io.thermocline.tiering.policy.TopicPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what to do with a topic: a pure function of its policy, both tiers as data, and the
 * occasion.
 *
 * <p>What it keeps to: only what is sealed and durable is tiered or deleted, whole spans and files
 * at a time; a trim never passes tiered-to; a partition with a problem gets nothing done and does
 * not count; {@code hot.*} and a full disk never touch records that are not tiered; deleting goes
 * by {@link AppendTimes believable} append times and the {@link RetentionClock}.
 */
final class Planner {
  private final TopicView topic;
  private final TopicPolicy policy;
  private final Occasion occasion;
  private final Set<Integer> failed;
  private final List<PartitionView> well = new ArrayList<>();
  private final Map<TopicPartition, String> problems = new HashMap<>();

  private Planner(TopicView topic, TopicPolicy policy, Occasion occasion, Set<Integer> failed) {
    this.topic = topic;
    this.policy = policy;
    this.occasion = occasion;
    this.failed = failed;
    for (PartitionView view : topic.partitions()) {
      Optional<String> problem = view.problem(policy.tiering().enabled());
      problem.ifPresentOrElse(text -> problems.put(view.id(), text), () -> well.add(view));
    }
  }

  /** A plan for each partition, in the order of {@code topic}. */
  static List<PartitionPlan> plan(TopicView topic, TopicPolicy policy, Occasion occasion) {
    return plan(topic, policy, occasion, Set.of());
  }

  /**
   * The same, of a topic some of whose partitions could not be tiered.
   *
   * @param failed their numbers: of what may be tiered at a time they get what the others leave
   */
  static List<PartitionPlan> plan(
      TopicView topic, TopicPolicy policy, Occasion occasion, Set<Integer> failed) {
    return new Planner(topic, policy, occasion, failed).plan();
  }

  private List<PartitionPlan> plan() {
    Map<TopicPartition, Expiry> expiries = expiries();
    Map<TopicPartition, Uploads> uploads = uploads(expiries);
    Map<TopicPartition, Trim> trims = trims(expiries);
    return topic.partitions().stream()
        .map(
            view -> {
              TopicPartition id = view.id();
              if (problems.containsKey(id)) {
                return PartitionPlan.standStill(view, problems.get(id));
              }
              Uploads up = uploads.getOrDefault(id, Uploads.NONE);
              return new PartitionPlan(
                  view,
                  up.seal(),
                  up.files(),
                  Optional.ofNullable(trims.get(id)),
                  Optional.ofNullable(expiries.get(id)),
                  Optional.empty());
            })
        .toList();
  }

  // Deleting for good.

  private Map<TopicPartition, Expiry> expiries() {
    long created = topic.topic().created().toEpochMilli();
    long now = occasion.retentionTime().toEpochMilli();
    OldestFirst choice = new OldestFirst();
    Map<PartitionView, OldestFirst.Lane> lanes = new HashMap<>();
    for (PartitionView view : well) {
      List<Timeline.Run> runs = Timeline.of(view, created, now);
      lanes.put(view, choice.lane(runs, runs.stream().mapToLong(Timeline.Run::bytes).sum()));
    }
    policy
        .retention()
        .age()
        .ifPresent(
            age ->
                choice.takeWhile(
                    run -> run.appended() <= now - age.toMillis(), rule(PolicyKey.RETENTION_AGE)));
    choice.takeDownTo(policy.retention().maxBytes(), rule(PolicyKey.RETENTION_MAX_BYTES));
    Map<TopicPartition, Expiry> expiries = new HashMap<>();
    lanes.forEach(
        (view, lane) -> {
          if (!lane.gone().isEmpty()) {
            expiries.put(view.id(), expiry(view, lane));
          }
        });
    return expiries;
  }

  private static Expiry expiry(PartitionView view, OldestFirst.Lane lane) {
    List<Timeline.Run> gone = lane.gone();
    long to = gone.get(gone.size() - 1).range().to();
    long untieredFrom = Math.min(view.untieredFrom(), to);
    return new Expiry(
        new OffsetRange(view.logStart(), to),
        gone.stream().mapToLong(Timeline.Run::bytes).sum(),
        new OffsetRange(untieredFrom, to),
        gone.stream()
            .filter(run -> run.range().from() >= view.untieredFrom())
            .mapToLong(Timeline.Run::bytes)
            .sum(),
        lane.reason());
  }

  // Tiering.

  private record Uploads(boolean seal, List<FilePlan> files, long oldest) {
    static final Uploads NONE = new Uploads(false, List.of(), 0);
  }

  private Map<TopicPartition, Uploads> uploads(Map<TopicPartition, Expiry> expiries) {
    Map<TopicPartition, Uploads> all = new HashMap<>();
    if (!policy.tiering().enabled()) {
      return all;
    }
    for (PartitionView view : well) {
      Expiry expiry = expiries.get(view.id());
      long from = Math.max(view.untieredFrom(), expiry == null ? 0 : expiry.logStart());
      all.put(view.id(), uploads(view, from));
    }
    return withinBudget(all);
  }

  private Uploads uploads(PartitionView view, long from) {
    List<Span> waiting =
        view.spans().stream()
            .filter(span -> span.range().to() > from && !span.range().isEmpty())
            .filter(span -> span.range().from() < view.hot().stableEnd())
            .toList();
    if (waiting.isEmpty()) {
      return Uploads.NONE;
    }
    boolean overdue = isOverdue(waiting.get(0));
    List<Span> ready =
        waiting.stream()
            .takeWhile(span -> isClosed(span, view) || (isOpen(span) && mayEnd(span, overdue)))
            .toList();
    long bytes = ready.stream().mapToLong(span -> hotShare(span, from)).sum();
    boolean all = occasion.tierAll() || occasion.diskFull() || overdue;
    if (ready.isEmpty() || (!all && bytes < policy.tiering().minFileBytes())) {
      return Uploads.NONE;
    }
    List<FilePlan> files = files(ready, from, view.hot().stableEnd(), tierRule(overdue));
    if (!all && files.get(files.size() - 1).hotBytes() < policy.tiering().minFileBytes()) {
      files.remove(files.size() - 1);
    }
    return new Uploads(
        ready.stream().anyMatch(Planner::isOpen), files, waiting.get(0).firstAppendTimeMillis());
  }

  /** A time far in the future is wrong: it must not keep records from ever being tiered. */
  private boolean isOverdue(Span oldest) {
    long lag = policy.tiering().maxLag().toMillis();
    long age = occasion.now().toEpochMilli() - oldest.firstAppendTimeMillis();
    return age >= lag || age < -lag;
  }

  private static boolean isOpen(Span span) {
    return !span.sealed();
  }

  private static boolean isClosed(Span span, PartitionView view) {
    return span.sealed() && span.range().to() <= view.hot().stableEnd();
  }

  /** Whether the span being written is worth being ended now. */
  private boolean mayEnd(Span open, boolean overdue) {
    return occasion.mayEnd()
        && (occasion.tierAll()
            || overdue
            || (occasion.diskFull() && open.bytes() >= policy.tiering().minFileBytes()));
  }

  private String tierRule(boolean overdue) {
    if (occasion.tierAll()) {
      return "asked for";
    }
    if (overdue) {
      return rule(PolicyKey.TIERING_MAX_LAG);
    }
    return occasion.diskFull() ? "disk full" : rule(PolicyKey.TIERING_MIN_FILE_BYTES);
  }

  private List<FilePlan> files(List<Span> ready, long from, long stableEnd, String reason) {
    List<FilePlan> files = new ArrayList<>();
    long start = from;
    long end = from;
    long bytes = 0;
    for (Span span : ready) {
      long more = hotShare(span, from);
      if (bytes > 0 && bytes + more > policy.tiering().targetFileBytes()) {
        files.add(new FilePlan(new OffsetRange(start, end), bytes, reason));
        start = end;
        bytes = 0;
      }
      bytes += more;
      end = Math.min(span.range().to(), stableEnd);
    }
    files.add(new FilePlan(new OffsetRange(start, end), bytes, reason));
    return files;
  }

  private static long hotShare(Span span, long from) {
    return Timeline.share(
        span, new OffsetRange(Math.max(from, span.range().from()), span.range().to()));
  }

  /** The most overdue partitions first, but those that failed; at least one file of any size. */
  private Map<TopicPartition, Uploads> withinBudget(Map<TopicPartition, Uploads> all) {
    long left = occasion.maxBytes();
    Map<TopicPartition, Uploads> within = new HashMap<>();
    List<Map.Entry<TopicPartition, Uploads>> inTurn =
        all.entrySet().stream()
            .sorted(
                Comparator.<Map.Entry<TopicPartition, Uploads>, Boolean>comparing(
                        entry -> failed.contains(entry.getKey().partition()))
                    .thenComparingLong(entry -> entry.getValue().oldest())
                    .thenComparingInt(entry -> entry.getKey().partition()))
            .toList();
    boolean first = true;
    for (Map.Entry<TopicPartition, Uploads> entry : inTurn) {
      List<FilePlan> files = new ArrayList<>();
      for (FilePlan file : entry.getValue().files()) {
        if (!first && file.hotBytes() > left) {
          break;
        }
        first = false;
        left -= file.hotBytes();
        files.add(file);
      }
      boolean cut = files.size() < entry.getValue().files().size();
      within.put(
          entry.getKey(),
          new Uploads(entry.getValue().seal() && !cut, files, entry.getValue().oldest()));
    }
    return within;
  }

  // Letting go of local copies.

  private Map<TopicPartition, Trim> trims(Map<TopicPartition, Expiry> expiries) {
    long created = topic.topic().created().toEpochMilli();
    long now = occasion.retentionTime().toEpochMilli();
    OldestFirst choice = new OldestFirst();
    Map<PartitionView, OldestFirst.Lane> lanes = new HashMap<>();
    for (PartitionView view : well) {
      lanes.put(view, choice.lane(copies(view, created, now), view.hot().bytes()));
    }
    if (occasion.trimAll()) {
      choice.takeWhile(run -> true, "asked for");
    }
    if (policy.tiering().enabled()) {
      if (occasion.diskFull()) {
        choice.takeWhile(run -> true, "disk full");
      }
      policy
          .hot()
          .retain()
          .ifPresent(
              age ->
                  choice.takeWhile(
                      run -> run.appended() <= now - age.toMillis(), rule(PolicyKey.HOT_RETAIN)));
      choice.takeDownTo(policy.hot().maxBytes(), rule(PolicyKey.HOT_MAX_BYTES));
    }
    Map<TopicPartition, Trim> trims = new HashMap<>();
    lanes.forEach((view, lane) -> trim(view, lane).ifPresent(trim -> trims.put(view.id(), trim)));
    trims.keySet().removeIf(id -> swallowed(trims.get(id), expiries.get(id)));
    return trims;
  }

  private static boolean swallowed(Trim trim, Expiry expiry) {
    return expiry != null && expiry.logStart() >= trim.upTo();
  }

  private static Optional<Trim> trim(PartitionView view, OldestFirst.Lane lane) {
    List<Timeline.Run> gone = lane.gone();
    if (gone.isEmpty()) {
      return Optional.empty();
    }
    long to = gone.get(gone.size() - 1).range().to();
    return Optional.of(
        new Trim(
            new OffsetRange(Math.min(view.hot().hotStart(), to), to),
            gone.stream().mapToLong(Timeline.Run::bytes).sum(),
            lane.reason()));
  }

  /** The local spans from the front that are tiered whole. */
  private static List<Timeline.Run> copies(PartitionView view, long created, long now) {
    List<Span> tiered = new ArrayList<>();
    for (Span span : view.spans()) {
      if (!span.sealed() || span.range().to() > view.cold().tieredTo()) {
        break;
      }
      tiered.add(span);
    }
    long[] times =
        AppendTimes.believable(
            view.spans().stream().mapToLong(AppendTimes::last).toArray(), created, now);
    List<Timeline.Run> copies = new ArrayList<>();
    for (int i = 0; i < tiered.size(); i++) {
      Span span = tiered.get(i);
      copies.add(new Timeline.Run(span.range(), span.bytes(), times[i], true));
    }
    return copies;
  }

  private String rule(PolicyKey key) {
    return key.path() + " " + key.textIn(policy);
  }
}
