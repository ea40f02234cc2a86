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

  /** Replaced by the thread that writes. */
  private volatile SegmentWriter writer;

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

  /** Writes of what is not begun as much as fits into one segment. */
  void write(List<PendingBatch> group, GroupProgress progress) throws IOException {
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
    writer.flush();
  }

  /** Forces what was written. */
  void force(GroupProgress progress) throws IOException {
    long started = env.metrics().now();
    writer.file().force();
    forcedTo = writer.file().forced().offset();
    env.metrics().forced(started, progress.begun() - progress.acknowledged(), unseenBytes());
  }

  /** Makes visible what was written, which is durable, and acknowledges it. */
  void publish(List<PendingBatch> group, GroupProgress progress) {
    env.reserve().written(unseenBytes());
    SegmentWriter at = writer;
    view.change(v -> v.appended(at.nextOffset(), at.position()));
    followers.moved();
    while (progress.acknowledged() < progress.begun()) {
      PendingBatch batch = group.get(progress.acknowledged());
      batch.acknowledge(progress.acknowledge(), forcedTo, env.metrics());
    }
  }

  private long unseenBytes() {
    return writer.position() - view.get().activeBytes();
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

  /** Ends the active segment and begins the next, once everything in the old one is forced. */
  private void roll() throws IOException {
    SegmentWriter old = writer;
    old.file().force();
    SegmentIndex nextIndex = new SegmentIndex(0);
    Segment next = Segment.at(env.directory().partition(id), LogId.of(id), old.nextOffset());
    writer = SegmentWriter.create(env.disk(), next, nextIndex);
    writeIndex(old);
    old.file().close();
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

  /** From any thread: how far the active segment's file is forced; it has all before it. */
  SegmentFile file() {
    return writer.file();
  }

  /** Lets go of the file until the next batch. */
  void rest() throws IOException {
    writer.file().force();
    writer.file().close();
  }

  /** Forces what is not forced yet, and lets go of the file for good. */
  void close() throws IOException {
    try {
      writer.file().force();
    } finally {
      writer.file().close();
    }
    if (writer.position() > 0) {
      writeIndex(writer);
    }
  }

  /** Lets go of the file of a log that failed: what it holds is for the next start to find out. */
  void abort() throws IOException {
    writer.file().close();
  }

  /** Lets go of the file of a log nobody wants any more. */
  void discard() throws IOException {
    writer.file().discard();
  }
}
