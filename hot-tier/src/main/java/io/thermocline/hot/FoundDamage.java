package io.thermocline.hot;

import io.thermocline.hot.directory.Metadata;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.segment.LostRanges;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Damage that readers came upon. It is told and counted once, all readers see it from then on, and
 * it is recorded in the metadata, so that the range stays lost whatever the disk says the next
 * time. No reader waits for that. Thread-safe.
 */
final class FoundDamage {
  private static final Logger LOG = LoggerFactory.getLogger(FoundDamage.class);

  private final MetadataFile metadata;
  private final HotMetrics metrics;
  private final Executor chores;

  /** What the metadata does not say yet. Guarded by itself. */
  private final Map<TopicPartition, List<OffsetRange>> unrecorded = new HashMap<>();

  FoundDamage(MetadataFile metadata, HotMetrics metrics, Executor chores) {
    this.metadata = metadata;
    this.metrics = metrics;
    this.chores = chores;
  }

  /** Takes in what a reader found in {@code log}; what is known already changes nothing. */
  void take(PartitionLog log, List<OffsetRange> found) {
    if (found.isEmpty()) {
      return;
    }
    List<OffsetRange> fresh;
    synchronized (unrecorded) {
      fresh = LostRanges.without(log.view().lost(), found);
      if (fresh.isEmpty()) {
        return;
      }
      log.current().change(view -> view.losing(fresh));
      unrecorded.merge(log.id(), fresh, LostRanges::with);
    }
    for (OffsetRange range : fresh) {
      metrics.damagedOffsets.increment((double) range.span());
      LOG.error(
          "Acknowledged records are damaged, found when read: partition={} offsets={}",
          log.id(),
          range);
    }
    try {
      chores.execute(this::record);
    } catch (RejectedExecutionException busy) {
      LOG.debug("Damage is recorded with the next upkeep: partition={}", log.id());
    }
  }

  /**
   * Makes durable what the metadata does not say yet. What can't be is kept for the next call.
   * Blocks for I/O.
   */
  synchronized void record() {
    Map<TopicPartition, List<OffsetRange>> taken;
    synchronized (unrecorded) {
      if (unrecorded.isEmpty()) {
        return;
      }
      taken = Map.copyOf(unrecorded);
      unrecorded.clear();
    }
    try {
      Metadata unused = metadata.change(before -> losing(before, taken));
    } catch (ThermoclineException e) {
      synchronized (unrecorded) {
        taken.forEach((id, ranges) -> unrecorded.merge(id, ranges, LostRanges::with));
      }
      metrics.failedChores.increment();
      LOG.warn("Damage could not be recorded and is tried again: ranges={}", taken, e);
    }
  }

  private static Metadata losing(Metadata before, Map<TopicPartition, List<OffsetRange>> damage) {
    Metadata after = before;
    for (Map.Entry<TopicPartition, List<OffsetRange>> each : damage.entrySet()) {
      after = after.with(each.getKey(), partition -> partition.losing(each.getValue()));
    }
    return after;
  }
}
