package io.thermocline.hot.producers;

import java.util.Optional;

/**
 * A log's producers, and how much of them is in the {@link ProducersFile}. The thread that writes
 * the log uses the table and makes notes of it, the one that keeps the file takes them.
 */
public final class ProducerMemory {
  private final LogId log;
  private final ProducerTable table;

  /** What lies below it is in the file. Moved by the thread that keeps the file. */
  private volatile long notedTo;

  /** The newest note; made by the thread that writes the log. */
  private volatile ProducerNote newest;

  /**
   * @param notedTo the file has what lies below it
   */
  public ProducerMemory(LogId log, ProducerTable table, long notedTo) {
    this.log = log;
    this.table = table;
    this.notedTo = notedTo;
  }

  /** For the thread that writes. */
  public ProducerTable table() {
    return table;
  }

  /** The file has what lies below it. */
  public long notedTo() {
    return notedTo;
  }

  /** Whether the log has come further than the newest note. */
  public boolean isBehind(long end) {
    ProducerNote note = newest;
    return end > (note == null ? notedTo : note.end());
  }

  /**
   * Makes a note of all that is stored, while everything stored is durable.
   *
   * @param end one past the last offset
   * @param segment base offset of the active segment
   * @param position its bytes
   */
  public void note(long end, long segment, long position) {
    long from = notedTo;
    if (end > from) {
      newest = new ProducerNote(log, from, end, segment, position, table.since(from));
    }
  }

  /** A note the file does not have. */
  public Optional<ProducerNote> unstored() {
    ProducerNote note = newest;
    return note == null || note.end() <= notedTo ? Optional.empty() : Optional.of(note);
  }

  /** The file has the note. */
  public void stored(ProducerNote note) {
    notedTo = note.end();
  }
}
