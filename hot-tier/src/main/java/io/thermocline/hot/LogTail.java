package io.thermocline.hot;

import io.thermocline.hot.disk.NotOpenedException;
import io.thermocline.hot.journal.Place;
import io.thermocline.hot.read.CurrentView;
import io.thermocline.hot.read.LogView;
import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.IndexFile;
import io.thermocline.hot.segment.LogStamp;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentFile;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.hot.segment.SegmentWriter;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one log, where batches are written, forced and made visible, and where segments end.
 * For one thread at a time; after an {@link IOException} it is not used again, but to close it.
 * After a {@link NotOpenedException} it is: that leaves everything as it was.
 */
final class LogTail {
  private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);

  private final TopicPartition id;
  private final LogEnvironment env;
  private final CurrentView view;
  private final Followers followers;
  private final Admission admission;
  private volatile SegmentLimits limits;

  /** Replaced by the thread that writes. */
  private volatile SegmentWriter writer;

  /** One past the last offset that a force has reached, of the file or of the journal. */
  private long forcedTo;

  LogTail(
      TopicPartition id,
      LogEnvironment env,
      CurrentView view,
      Followers followers,
      Admission admission,
      SegmentWriter writer) {
    this.id = id;
    this.env = env;
    this.view = view;
    this.followers = followers;
    this.admission = admission;
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

  /** Judges what is not begun, and writes of it as much as fits into one segment. */
  void write(GroupProgress progress) throws IOException {
    long now = env.clock().millis();
    while (!progress.allBegun()) {
      PendingBatch batch = progress.next();
      Answer answer = admission.judge(batch, writer.nextOffset());
      if (answer != null) {
        progress.settled(answer);
      } else {
        if (writer.isDue(limits, batch.storedBytes(), now)) {
          if (progress.written() > 0) {
            break;
          }
          roll();
        }
        // Before the batch is begun: if there is no file for it, surely nothing happened.
        writer.open();
        write(batch, progress, now);
      }
    }
    writer.flush();
  }

  private void write(PendingBatch batch, GroupProgress progress, long now) throws IOException {
    progress.begin();
    admission.begun(batch);
    env.metrics().begun(batch.startedAt());
    LogView before = view.get();
    BatchHeader header =
        BatchHeader.of(
            batch.content(),
            batch.conditions().sequence().orElse(null),
            writer.nextOffset(),
            now,
            batch.maxTimestampMillis(),
            before.end(),
            before.epoch());
    writer.append(header, batch.content().payload());
    admission.written(header);
    progress.written(header);
  }

  /** Forces what was written. */
  void force(GroupProgress progress) throws IOException {
    if (progress.written() > 0) {
      long started = env.metrics().now();
      writer.file().force();
      forcedTo = writer.file().forced().offset();
      env.metrics().forced(started, progress.written(), unseenBytes());
    }
  }

  /** Bytes that were written and are not durable. */
  long unseenBytes() {
    return writer.position() - view.get().activeBytes();
  }

  /** Where they lie. */
  Place unseen() {
    LogStamp stamp = writer.segment().stamp();
    return new Place(
        stamp.topic(),
        stamp.partition(),
        stamp.segment(),
        view.get().activeBytes(),
        Math.toIntExact(unseenBytes()),
        writer.nextOffset());
  }

  /** Puts them into a buffer as they lie in the file. */
  void copyUnseen(GroupProgress progress, ByteBuffer into) {
    progress.copyWritten(into, writer.segment().stamp(), view.get().activeBytes());
  }

  /** Notes that the journal was forced with what was written, as it was handed over. */
  void journalled(GroupProgress progress, Place handedOver) {
    forcedTo = handedOver.nextOffset();
    env.metrics().journalled(progress.written(), unseenBytes());
  }

  /** Makes visible what was written, which is durable, and answers those who wait for it. */
  void publish(GroupProgress progress) {
    if (progress.written() > 0) {
      env.reserve().written(unseenBytes());
      SegmentWriter at = writer;
      view.change(v -> v.appended(at.nextOffset(), at.position()));
      followers.moved();
    }
    progress.answer(forcedTo, env.metrics());
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
    Segment next = Segment.at(env.directory().partition(id), id, old.nextOffset());
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
