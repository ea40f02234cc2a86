package io.thermocline.tiering;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicRegistry;
import io.thermocline.model.TopicRegistry.Deletion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes topics in steps that can be repeated: the intent first, durably; then the table, if it is
 * to go; then what is local, and the intent itself. Thread-safe.
 */
final class TopicDeletions {
  private static final Logger LOG = LoggerFactory.getLogger(TopicDeletions.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TopicRegistry topics;
  private final ColdTier cold;
  private final TopicWorks works;
  private final TieringMetrics metrics;

  TopicDeletions(TopicRegistry topics, ColdTier cold, TopicWorks works, TieringMetrics metrics) {
    this.topics = topics;
    this.cold = cold;
    this.works = works;
    this.metrics = metrics;
  }

  /**
   * Records the intent, then does what can be done now: the rest is for {@link #resume}.
   *
   * @throws ThermoclineException {@link ErrorKind#NOT_FOUND} when there is no such topic; a failure
   *     after the intent was recorded is not thrown
   */
  void delete(TopicId topic, boolean purgeCold) {
    Deletion deletion = topics.beginDelete(topic, purgeCold);
    LOG.info("deleting topic={} uuid={} purge={}", topic, topic.uuid(), deletion.purgeCold());
    boolean done = carryOut(deletion, PATIENCE);
    if (!done) {
      LOG.info("deletion goes on later topic={} uuid={}", topic, topic.uuid());
    }
  }

  /**
   * Goes on with what is not finished.
   *
   * @return whether nothing is left to do
   */
  boolean resume() {
    boolean done = true;
    for (Deletion deletion : topics.deletions()) {
      done &= carryOut(deletion, Duration.ZERO);
    }
    return done;
  }

  private boolean carryOut(Deletion deletion, Duration patience) {
    TopicId topic = deletion.topic().id();
    TopicWork work = works.of(topic);
    try {
      // A pass under way may still commit: the purge comes after it.
      if (!work.lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    try {
      if (deletion.purgeCold()) {
        cold.purge(topic);
      } else {
        cold.retire(topic);
      }
      topics.finishDelete(topic);
      LOG.info("deleted topic={} uuid={} purge={}", topic, topic.uuid(), deletion.purgeCold());
      return true;
    } catch (ThermoclineException e) {
      metrics.failed("delete", e.kind());
      LOG.warn("deletion failed and is repeated topic={} kind={}", topic, e.kind(), e);
      return false;
    } finally {
      work.lock.unlock();
    }
  }
}
