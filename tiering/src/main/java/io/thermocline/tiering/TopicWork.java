package io.thermocline.tiering;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the passes over one topic remember from one to the next. In memory only: after a restart the
 * table says how far things are.
 */
final class TopicWork {
  /** Held by whoever works on the topic. Guards all fields but the volatile ones. */
  final ReentrantLock lock = new ReentrantLock();

  /** Why partitions stand still, by number; for whoever asks. */
  private volatile Map<Integer, String> problems = Map.of();

  private PendingCommit pending;
  private long lastCommitNanos;
  private boolean everCommitted;
  private long lastUpkeepNanos;
  private boolean everKeptUp;
  private boolean withoutTable;

  /** Why partitions could not be tiered when that was last tried of each, by number. */
  private Map<Integer, String> failedToTier = Map.of();

  /** Of them, those of the last upload. */
  private Set<Integer> lastInTurn = Set.of();

  private final Backoff uploads = new Backoff();

  /** Why the cold tier could not be told of the topic; null when it could. */
  private String untold;

  private final Backoff notes = new Backoff();
  private final Set<Integer> failedToMerge = new HashSet<>();

  Optional<PendingCommit> pending() {
    return Optional.ofNullable(pending);
  }

  void pend(PendingCommit commit) {
    pending = commit;
    withoutTable = false;
  }

  void resolved() {
    pending = null;
  }

  void committedAt(long nanos) {
    lastCommitNanos = nanos;
    everCommitted = true;
  }

  boolean mayCommit(long nanos, long intervalNanos) {
    return uploads.isOver(nanos) && (!everCommitted || nanos - lastCommitNanos >= intervalNanos);
  }

  /** It was tried to upload; while the store is away that is left alone for longer each time. */
  void triedToUpload(boolean storeAway, long nanos) {
    if (storeAway) {
      uploads.failed(nanos);
    } else {
      uploads.succeeded();
    }
  }

  Map<Integer, String> failedToTier() {
    return failedToTier;
  }

  /** The partitions that failed the last time, to take no one's turn the next time. */
  Set<Integer> lastInTurn() {
    return lastInTurn;
  }

  /**
   * It was tried to upload.
   *
   * @param failed why it failed, by partition
   * @param untried why it had failed of those whose turn did not come
   */
  void failedToTier(Map<Integer, String> failed, Map<Integer, String> untried) {
    Map<Integer, String> all = new HashMap<>(untried);
    all.putAll(failed);
    failedToTier = all;
    lastInTurn = Set.copyOf(failed.keySet());
  }

  /** Whether the topic had no table when that was last looked at, and no commit was sent since. */
  boolean isWithoutTable() {
    return withoutTable;
  }

  void withoutTable(boolean without) {
    withoutTable = without;
  }

  /** Whether the cold tier may be told of the topic: not for a while after that failed. */
  boolean mayTell(long nanos) {
    return notes.isOver(nanos);
  }

  void told() {
    untold = null;
    notes.succeeded();
  }

  void untold(String why, long nanos) {
    untold = why;
    notes.failed(nanos);
  }

  Optional<String> untold() {
    return Optional.ofNullable(untold);
  }

  /** Whether upkeep is due; if so it counts as done. */
  boolean takeUpkeep(long nanos, long intervalNanos) {
    if (everKeptUp && nanos - lastUpkeepNanos < intervalNanos) {
      return false;
    }
    lastUpkeepNanos = nanos;
    everKeptUp = true;
    return true;
  }

  /** Whether files of a partition could not be merged when it was last tried. */
  boolean failedToMerge(int partition) {
    return failedToMerge.contains(partition);
  }

  void merged(int partition, boolean well) {
    if (well) {
      failedToMerge.remove(partition);
    } else {
      failedToMerge.add(partition);
    }
  }

  Optional<String> problem(int partition) {
    return Optional.ofNullable(problems.get(partition));
  }

  void problems(Map<Integer, String> now) {
    problems = Map.copyOf(now);
  }

  /** The whole topic stands still. */
  void problemOfAll(int partitions, String problem) {
    Map<Integer, String> all = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      all.put(partition, problem);
    }
    problems(all);
  }
}
