package io.thermocline.tiering;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.tiering.PartitionPlan.Expiry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends commits: one whose outcome is unknown stays to be sent again, the very same. */
final class Commits {
  private static final Logger LOG = LoggerFactory.getLogger(Commits.class);

  /** Nothing happened, and the same commit would be refused again. */
  private static final Set<ErrorKind> REFUSED =
      Set.of(ErrorKind.CONFLICT, ErrorKind.INVALID, ErrorKind.NOT_FOUND, ErrorKind.UNSUPPORTED);

  private final ColdTier cold;
  private final TieringMetrics metrics;
  private final LongSupplier nanoTime;

  Commits(ColdTier cold, TieringMetrics metrics, LongSupplier nanoTime) {
    this.cold = cold;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /**
   * Sends a commit.
   *
   * @return the table afterwards; empty when the table had moved on and nothing was changed
   */
  Optional<ColdTopic> send(Topic topic, PendingCommit pending, TopicWork work, PassReport report) {
    work.pend(pending);
    long began = nanoTime.getAsLong();
    try {
      ColdTopic after = cold.commit(topic.id(), pending.commit());
      work.resolved();
      if (!pending.commit().moves().isEmpty()) {
        work.committedAt(nanoTime.getAsLong());
      }
      report.committed(pending);
      tell(topic, pending, Duration.ofNanos(nanoTime.getAsLong() - began));
      return Optional.of(after);
    } catch (ThermoclineException e) {
      metrics.failed("commit", e.kind());
      if (REFUSED.contains(e.kind())) {
        work.resolved();
      }
      if (e.kind() == ErrorKind.CONFLICT) {
        LOG.info("commit met a newer table topic={} cause=\"{}\"", topic.name(), e.getMessage());
        return Optional.empty();
      }
      throw e;
    }
  }

  private void tell(Topic topic, PendingCommit done, Duration took) {
    metrics.commitTime().record(took);
    if (done.commit().moves().isEmpty()) {
      tellMerges(topic, done.commit().merges(), took);
      return;
    }
    List<ColdFile> files = done.files();
    long records = files.stream().mapToLong(ColdFile::rows).sum();
    long bytes = files.stream().mapToLong(file -> file.span().bytes()).sum();
    metrics.tiered(bytes, records, files.size());
    LOG.info(
        "committed topic={} partitions={} files={} records={} bytes={} millis={}",
        topic.name(),
        done.commit().moves().size(),
        files.size(),
        records,
        bytes,
        took.toMillis());
    done.expiries()
        .forEach((partition, expiry) -> tellExpiry(topic.id().partition(partition), expiry, true));
  }

  private void tellMerges(Topic topic, List<ColdCommit.Merge> merges, Duration took) {
    int replaced = merges.stream().mapToInt(merge -> merge.replaced().size()).sum();
    long bytes = merges.stream().mapToLong(merge -> merge.merged().span().bytes()).sum();
    metrics.merged(replaced, bytes);
    LOG.info(
        "merged topic={} files={} into={} bytes={} millis={}",
        topic.name(),
        replaced,
        merges.size(),
        bytes,
        took.toMillis());
  }

  /** Tells what was deleted for good. */
  void tellExpiry(TopicPartition id, Expiry expiry, boolean tieredTopic) {
    boolean untiered = tieredTopic && !expiry.untiered().isEmpty();
    metrics.expired(
        expiry.bytes(),
        untiered ? expiry.untieredBytes() : 0,
        untiered ? expiry.untiered().span() : 0);
    LOG.info(
        "expired partition={} range={} bytes={} rule=\"{}\"",
        id,
        expiry.range(),
        expiry.bytes(),
        expiry.reason());
    if (untiered) {
      LOG.warn(
          "retention deleted records that were never tiered partition={} range={} bytes={}"
              + " rule=\"{}\"",
          id,
          expiry.untiered(),
          expiry.untieredBytes(),
          expiry.reason());
    }
  }
}
