package io.thermocline.gateway;

import com.google.protobuf.ByteString;
import io.thermocline.codec.BatchLimits;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.gateway.read.TieredRead;
import io.thermocline.gateway.wire.ResponseLimit;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.Header;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.proto.v1.ReadResponse;
import io.thermocline.proto.v1.Tier;

/** The answer to a Read call while it is put together. For one thread at a time. */
final class PlainReading {
  /** Reads without a record that one call makes, over ranges that hold none. */
  private static final int MAX_READS = 64;

  /** What a record takes beside its fields, a lost range behind it too, at most. */
  private static final int RECORD_OVERHEAD = 64;

  private final ReadResponse.Builder answer = ReadResponse.newBuilder();
  private final PayloadReader payloads =
      new PayloadReader(BatchLimits.defaults().maxUncompressedBytes());
  private final RecordCursor cursor = new RecordCursor();
  private final TopicPartition id;
  private final int maxRecords;
  private final int maxBytes;
  private final ResponseLimit limit;
  private long nextOffset;
  private long bytes;
  private int reads;
  private boolean done;

  /**
   * @param maxBytes of records, unless one alone is larger
   * @param limit what the reader takes, whatever it asks for
   */
  PlainReading(TopicPartition id, long from, int maxRecords, int maxBytes, ResponseLimit limit) {
    this.id = id;
    this.nextOffset = from;
    this.maxRecords = maxRecords;
    this.maxBytes = maxBytes;
    this.limit = limit;
  }

  long nextOffset() {
    return nextOffset;
  }

  boolean isDone() {
    return done;
  }

  /**
   * Takes records of a read, as many as fit.
   *
   * @throws io.thermocline.model.ThermoclineException {@code INVALID} when not even the first one
   *     does
   */
  void take(TieredRead read) {
    reads++;
    answer.setLogStart(read.logStart()).setEnd(read.end());
    for (RecordBatch batch : read.batches()) {
      if (!done) {
        take(batch, Wire.tier(read.tier()));
      }
    }
    if (!done) {
      nextOffset = read.nextOffset();
      done = read.caughtUp() || reads == MAX_READS;
    }
    for (OffsetRange lost : read.lost()) {
      if (lost.from() < nextOffset) {
        answer.addLost(Wire.range(lost));
      }
    }
  }

  private void take(RecordBatch batch, Tier tier) {
    long room = limit.room(id.topic().name());
    cursor.reset(
        payloads.open(batch.content()), batch.baseOffset(), batch.content().baseTimestampMillis());
    while (cursor.next()) {
      if (cursor.offset() < nextOffset) {
        continue;
      }
      long size = (long) cursor.recordBytes() + RECORD_OVERHEAD;
      boolean any = answer.getRecordsCount() > 0;
      boolean full = answer.getRecordsCount() == maxRecords || bytes + size > maxBytes;
      if (any && (full || bytes + size > room)) {
        done = true;
        return;
      }
      if (size > room) {
        OffsetRange record = new OffsetRange(cursor.offset(), cursor.offset() + 1);
        throw limit.exceeded(id.topic().name(), id.partition(), record, size);
      }
      bytes += size;
      nextOffset = cursor.offset() + 1;
      answer.addRecords(record(tier));
    }
    nextOffset = Math.max(nextOffset, batch.nextOffset());
  }

  private PlainRecord record(Tier tier) {
    PlainRecord.Builder record =
        PlainRecord.newBuilder()
            .setOffset(cursor.offset())
            .setTimestamp(cursor.timestampMillis())
            .setTier(tier);
    if (cursor.keyLength() >= 0) {
      record.setKey(copy(cursor.keyStart(), cursor.keyLength()));
    }
    if (cursor.valueLength() >= 0) {
      record.setValue(copy(cursor.valueStart(), cursor.valueLength()));
    }
    while (cursor.nextHeader()) {
      Header.Builder header =
          Header.newBuilder()
              .setNameBytes(copy(cursor.headerNameStart(), cursor.headerNameLength()));
      if (cursor.headerValueLength() >= 0) {
        header.setValue(copy(cursor.headerValueStart(), cursor.headerValueLength()));
      }
      record.addHeaders(header);
    }
    return record.build();
  }

  private ByteString copy(int start, int length) {
    return ByteString.copyFrom(cursor.array(), start, length);
  }

  ReadResponse toProto() {
    return answer.setNextOffset(nextOffset).build();
  }
}
