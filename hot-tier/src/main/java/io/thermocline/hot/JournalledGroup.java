package io.thermocline.hot;

import io.thermocline.hot.journal.JournalEntry;
import io.thermocline.hot.journal.JournalUser;
import io.thermocline.hot.journal.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;

/**
 * A group whose written batches are in the journal's hands. Until the journal answers nobody else
 * works on the log; then this goes on where {@link PartitionLog#commit} left off.
 */
final class JournalledGroup implements JournalEntry {
  private final PartitionLog log;
  private final LogTail tail;
  private final GroupProgress progress;
  private final Executor writers;
  private final Place place;

  JournalledGroup(PartitionLog log, LogTail tail, GroupProgress progress, Executor writers) {
    this.log = log;
    this.tail = tail;
    this.progress = progress;
    this.writers = writers;
    this.place = tail.unseen();
  }

  @Override
  public Place place() {
    return place;
  }

  @Override
  public void writeTo(ByteBuffer frame) {
    tail.copyUnseen(progress, frame);
  }

  @Override
  public JournalUser user() {
    return log;
  }

  @Override
  public void durable() {
    try {
      tail.journalled(progress, place);
      tail.publish(progress);
    } catch (RuntimeException e) {
      log.end(progress, log.failed(e));
      return;
    } catch (Error e) {
      log.end(progress, log.failed(e));
      throw e;
    }
    if (!progress.allAnswered()) {
      writers.execute(() -> log.commit(progress));
    } else {
      log.next();
    }
  }

  @Override
  public void refused() {
    writers.execute(() -> log.commit(progress));
  }

  @Override
  public void failed(IOException cause) {
    log.end(progress, log.failed(cause));
  }
}
