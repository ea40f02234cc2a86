package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignPart;
import io.thermocline.model.Span;
import io.thermocline.model.TopicPartition;

/**
 * A run of offsets in a data file that another writer laid out or deleted rows of, with no other
 * file's offsets in between. Read from a local copy in our layout.
 *
 * @param partitionId its partition
 * @param source the file it lies in
 * @param part what is to be read of it
 * @param rows number of records that are left
 */
record ForeignPiece(TopicPartition partitionId, SourceFile source, ForeignPart part, long rows)
    implements LogFile {

  @Override
  public String id() {
    return part.id();
  }

  @Override
  public int partition() {
    return source.partition();
  }

  /** Its share of the file's bytes, by records. */
  @Override
  public Span span() {
    long share = (long) ((double) source.bytes() * rows / Math.max(1, source.rows()));
    return new Span(
        part.range(),
        Math.max(1, share),
        source.firstAppendMillis(),
        source.lastAppendMillis(),
        true);
  }

  @Override
  public String location() {
    return source.location();
  }

  @Override
  public long storedBytes() {
    return source.bytes();
  }

  @Override
  public long maxTimestampMillis() {
    return source.maxTimestampMillis();
  }

  @Override
  public long sequence() {
    return source.sequence();
  }

  @Override
  public boolean isInLayout() {
    return false;
  }
}
