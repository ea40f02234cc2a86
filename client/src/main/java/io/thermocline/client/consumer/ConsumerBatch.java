package io.thermocline.client.consumer;

import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Tier;
import io.thermocline.proto.v1.RecordBatch;
import java.util.OptionalLong;

/**
 * A batch as it came, its checksum compared and nothing copied out: for those who want every
 * megabyte a second. Valid until the consumer is asked for more.
 */
public final class ConsumerBatch {

  /** Takes records in offset order. */
  @FunctionalInterface
  public interface RecordVisitor {
    /** The cursor stands on a record; it is valid until this returns, and is not to be moved. */
    void visit(RecordCursor record);
  }

  private final PartitionName partition;
  private final Tier tier;
  private final RecordBatch batch;
  private final BatchContent content;
  private final Wanted wanted;
  private final BatchDecoder decoder;

  ConsumerBatch(
      PartitionName partition, Tier tier, RecordBatch batch, Wanted wanted, BatchDecoder decoder) {
    this.partition = partition;
    this.tier = tier;
    this.batch = batch;
    this.content = BatchDecoder.check(partition, batch);
    this.wanted = wanted;
    this.decoder = decoder;
  }

  /** Where it is from. */
  public PartitionName partition() {
    return partition;
  }

  /** The tier it was read from. */
  public Tier tier() {
    return tier;
  }

  /** Offset of its first record, which may lie before what was asked for. */
  public long baseOffset() {
    return batch.getBaseOffset();
  }

  /** One past its last offset. */
  public long nextOffset() {
    return batch.getBaseOffset() + batch.getLastOffsetDelta() + 1;
  }

  /** When the server appended it, Unix milliseconds. */
  public long appendTimeMillis() {
    return batch.getAppendTime();
  }

  /** Bytes that came over the network. */
  public int sizeInBytes() {
    return content.sizeInBytes();
  }

  /** Bytes of its records, uncompressed. */
  public int uncompressedBytes() {
    return content.uncompressedBytes();
  }

  /**
   * Shows each record that was asked for, without making objects.
   *
   * @throws ReadFailedException when the records can't be read
   */
  public void forEachRecord(RecordVisitor visitor) {
    RecordCursor cursor = decoder.open(partition, batch, content);
    OptionalLong fromTimestamp = wanted.fromTimestamp();
    while (move(cursor)) {
      long offset = cursor.offset();
      if (offset >= wanted.to()) {
        return;
      }
      boolean early =
          offset < wanted.from()
              || (fromTimestamp.isPresent()
                  && cursor.timestampMillis() < fromTimestamp.getAsLong());
      if (!early) {
        fromTimestamp = OptionalLong.empty();
        visitor.visit(cursor);
      }
    }
  }

  private boolean move(RecordCursor cursor) {
    try {
      return cursor.next();
    } catch (ThermoclineException e) {
      throw BatchDecoder.damaged(partition, batch, e.getMessage());
    }
  }
}
