package io.thermocline.codec;

import io.thermocline.model.BatchContent;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Everything a batch must satisfy before it may be acknowledged, so that whatever is accepted can
 * be tiered, and read by every engine; and what has to be true of it ever after.
 *
 * <p>Reusable; for one thread at a time. It holds at most one uncompressed payload.
 */
public final class BatchChecker {
  /**
   * Unix milliseconds of 0001-01-01T00:00:00Z: engines fail on whole queries for anything earlier.
   */
  static final long MIN_TIMESTAMP_MILLIS = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();

  /** Unix milliseconds of 9999-12-31T23:59:59.999Z. */
  static final long MAX_TIMESTAMP_MILLIS = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  private final BatchLimits limits;
  private final PayloadReader payloads;
  private final RecordCursor cursor = new RecordCursor();
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  /** A checker that holds batches to {@code limits}. */
  public BatchChecker(BatchLimits limits) {
    this.limits = limits;
    this.payloads = new PayloadReader(limits.maxUncompressedBytes());
  }

  /**
   * Checks checksum, counts, sizes, decompression within bounds, fields, header names and
   * timestamps of a batch as a producer sent it: one or more records with dense offsets.
   *
   * @return the largest record timestamp, Unix milliseconds
   * @throws ThermoclineException {@code INVALID}, with the wrong field as a violation
   */
  public long check(BatchContent content) {
    checkStatedFields(content);
    open(content, 0);
    int count = 0;
    long maxTimestamp = Long.MIN_VALUE;
    while (cursor.next()) {
      checkRecord(count++);
      maxTimestamp = Math.max(maxTimestamp, cursor.timestampMillis());
    }
    checkCount(content, count);
    return maxTimestamp;
  }

  /**
   * Checks that a batch that was stored is what it says of itself: checksum, counts, sizes, and its
   * largest timestamp. Its offsets ascend, and may have gaps. What it was accepted by, limits and
   * the like, is not asked again.
   *
   * @throws ThermoclineException {@code INVALID}, with the wrong field as a violation
   */
  public void checkStored(RecordBatch batch) {
    BatchContent content = batch.content();
    open(content, batch.baseOffset());
    int count = 0;
    long next = batch.baseOffset();
    long maxTimestamp = Long.MIN_VALUE;
    while (cursor.next()) {
      if (cursor.offset() < next || cursor.offset() >= batch.nextOffset()) {
        throw Malformed.batch(
            "payload", "offset " + cursor.offset() + " is out of order, or outside the batch");
      }
      next = cursor.offset() + 1;
      maxTimestamp = Math.max(maxTimestamp, cursor.timestampMillis());
      count++;
    }
    checkCount(content, count);
    if (count > 0 && maxTimestamp != batch.maxTimestampMillis()) {
      throw Malformed.batch(
          "max_timestamp",
          "it says " + batch.maxTimestampMillis() + " ms, the payload has " + maxTimestamp);
    }
  }

  /** Sets the cursor before the first record, once the checksum is known to be right. */
  private void open(BatchContent content, long baseOffset) {
    int crc = content.computeCrc32c();
    if (crc != content.crc32c()) {
      throw Malformed.batch(
          "crc32c",
          "CRC32C is %08x, computed %08x: the batch was damaged".formatted(content.crc32c(), crc));
    }
    cursor.reset(payloads.open(content), baseOffset, content.baseTimestampMillis());
  }

  private static void checkCount(BatchContent content, int count) {
    if (count != content.count()) {
      throw Malformed.batch(
          "record_count", "it says " + content.count() + " records, the payload has " + count);
    }
  }

  private void checkStatedFields(BatchContent content) {
    if (content.sizeInBytes() > limits.maxBatchBytes()) {
      throw Malformed.batch(
          "payload",
          "it has " + content.sizeInBytes() + " bytes, the limit is " + limits.maxBatchBytes());
    }
    if (content.count() < 1) {
      throw Malformed.batch(
          "record_count", "it is " + content.count() + ": a batch has at least one record");
    }
    if (content.lastOffsetDelta() != content.count() - 1) {
      throw Malformed.batch(
          "last_offset_delta",
          "it is "
              + content.lastOffsetDelta()
              + ": producers send dense offsets, so it is the record count less one");
    }
    if (content.attributes() != 0) {
      throw Malformed.batch("attributes", "they are " + content.attributes() + ": reserved, zero");
    }
    checkTimestamp(content.baseTimestampMillis(), "base_timestamp");
  }

  private void checkRecord(int index) {
    if (cursor.recordBytes() > limits.maxRecordBytes()) {
      throw Malformed.batch(
          "payload",
          "record %d has %d bytes, the limit is %d"
              .formatted(index, cursor.recordBytes(), limits.maxRecordBytes()));
    }
    if (cursor.hasOffsetDelta()) {
      throw Malformed.batch("payload", "record " + index + " has an offset delta: the broker's");
    }
    checkTimestamp(cursor.timestampMillis(), "payload");
    while (cursor.nextHeader()) {
      checkUtf8(index);
    }
  }

  private static void checkTimestamp(long millis, String field) {
    if (millis < MIN_TIMESTAMP_MILLIS || millis > MAX_TIMESTAMP_MILLIS) {
      throw Malformed.batch(
          field, "timestamp " + millis + " ms lies outside the years 0001 to 9999");
    }
  }

  private void checkUtf8(int index) {
    byte[] bytes = cursor.array();
    int end = cursor.headerNameStart() + cursor.headerNameLength();
    int at = cursor.headerNameStart();
    while (at < end && bytes[at] >= 0) {
      at++;
    }
    if (at == end) {
      return;
    }
    try {
      CharBuffer unused = utf8.decode(ByteBuffer.wrap(bytes, at, end - at));
    } catch (CharacterCodingException e) {
      throw Malformed.batch(
          "payload", "record " + index + " has a header name that is not valid UTF-8");
    }
  }
}
