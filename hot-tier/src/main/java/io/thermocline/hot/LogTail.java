package io.thermocline.hot;

import io.thermocline.model.Appended;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one log, where batches are written, forced and made visible, and where segments end.
 * For one thread at a time; after an {@link IOException} it is not used again, but to close it.
 */
final class LogTail {
  private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);

  private final TopicPartition id;
  private final LogEnvironment env;
  private final CurrentView view;
  private final Followers followers;
  private volatile SegmentLimits limits;
  private SegmentWriter writer;

  /** One past the last offset that a force has reached. Moved right after the force, only there. */
  private long forcedTo;

  LogTail(
      TopicPartition id,
      LogEnvironment env,
      CurrentView view,
      Followers followers,
      SegmentWriter writer) {
    this.id = id;
    this.env = env;
    this.view = view;
    this.followers = followers;
    this.writer = writer;
    this.forcedTo = writer.nextOffset();
    this.limits = env.settings().segmentLimits();
  }

  /** From any thread. */
  void limits(SegmentLimits newLimits) {
    limits = newLimits;
  }

  /** From any thread: whether a segment that began then has to end. */
  boolean isOld(long firstAppendMillis) {
    return env.clock().millis() - firstAppendMillis >= limits.maxAge().toMillis();
  }

  /** Writes what fits into one segment, forces it once, makes it visible, acknowledges it. */
  void commit(List<PendingBatch> group, GroupProgress progress) throws IOException {
    long now = env.clock().millis();
    if (isDue(group.get(progress.begun()), now)) {
      roll();
    }
    LogView before = view.get();
    do {
      PendingBatch batch = group.get(progress.begun());
      progress.begin();
      env.metrics().begun(batch.startedAt());
      BatchHeader header =
          writer.append(
              batch.content(), now, batch.maxTimestampMillis(), before.end(), before.epoch());
      progress.placed(new Appended(header.baseOffset(), now));
    } while (progress.begun() < group.size() && !isDue(group.get(progress.begun()), now));
    long forceStarted = env.metrics().now();
    writer.force();
    forcedTo = writer.nextOffset();
    long bytes = writer.position() - before.activeBytes();
    env.metrics().forced(forceStarted, progress.begun() - progress.acknowledged(), bytes);
    view.change(v -> v.appended(writer.nextOffset(), writer.position()));
    followers.moved();
    env.reserve().written(bytes);
    while (progress.acknowledged() < progress.begun()) {
      PendingBatch batch = group.get(progress.acknowledged());
      batch.acknowledge(progress.acknowledge(), forcedTo, env.metrics());
    }
  }

  private boolean isDue(PendingBatch batch, long now) {
    return writer.isDue(limits, batch.storedBytes(), now);
  }

  /** Ends the active segment, unless it is empty. */
  void seal() throws IOException {
    if (writer.position() > 0) {
      roll();
    }
  }

  /** Ends the active segment when it is old. */
  void rollIfOld() throws IOException {
    if (writer.isDue(limits, 0, env.clock().millis())) {
      roll();
    }
  }

  /** Ends the active segment and begins the next; everything in the old one is forced. */
  private void roll() throws IOException {
    SegmentWriter old = writer;
    SegmentIndex nextIndex = new SegmentIndex(0);
    Segment next = Segment.at(env.directory().partition(id), LogId.of(id), old.nextOffset());
    writer = SegmentWriter.create(env.disk(), next, nextIndex);
    writeIndex(old);
    old.close();
    view.change(v -> v.rolled(next, nextIndex));
  }

  /** An index is a hint: when it can't be written it is made again from the segment. */
  private void writeIndex(SegmentWriter ended) {
    if (ended.index().missingFront() > 0) {
      return;
    }
    try {
      IndexFile.write(env.disk(), ended.segment(), ended.index(), ended.position());
    } catch (IOException e) {
      env.metrics().failedChores.increment();
      LOG.warn("Writing an index failed: segment={}", ended.segment().file(), e);
    }
  }

  /** Lets go of the file until the next batch. */
  void rest() throws IOException {
    writer.close();
  }

  /**
   * Lets go of the file for good.
   *
   * @param intact whether everything in it is known to be right
   */
  void close(boolean intact) throws IOException {
    writer.close();
    if (intact && writer.position() > 0) {
      writeIndex(writer);
    }
  }
}
