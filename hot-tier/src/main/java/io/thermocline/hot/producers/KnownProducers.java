package io.thermocline.hot.producers;

import java.util.Comparator;

/** What the {@link ProducersFile} knows of one log, gathered note by note. */
public final class KnownProducers {
  private final ProducerTable table;
  private long end;
  private long segment;
  private long position;

  KnownProducers(ProducerTable table) {
    this.table = table;
  }

  void take(ProducerNote note) {
    if (note.from() > end || note.end() < end) {
      return;
    }
    if (note.from() == 0) {
      table.forgetAll();
    }
    note.batches().stream()
        .sorted(Comparator.comparingLong(ProducerBatch::baseOffset))
        .forEach(table::recovered);
    end = note.end();
    segment = note.segment();
    position = note.position();
  }

  /** All of it as one note. */
  ProducerNote whole(LogId log) {
    return new ProducerNote(log, 0, end, segment, position, table.since(0));
  }

  /** The producers as they stood at {@link #end}. */
  public ProducerTable table() {
    return table;
  }

  /** All below it was durable, and is in the table where it has to be. */
  public long end() {
    return end;
  }

  /** Base offset of the segment in which the batch at {@link #end} begins. */
  public long segment() {
    return segment;
  }

  /** Where that batch begins. */
  public long position() {
    return position;
  }
}
