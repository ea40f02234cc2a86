package io.thermocline.codec;

import io.thermocline.model.ContentSums;
import io.thermocline.model.OffsetRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums records up for {@link ContentSums}. Each record becomes a line
 *
 * <pre>
 * partition,offset,timestamp,append time,key,value           times in microseconds
 *   and for each header   ,name=value
 * </pre>
 *
 * in which keys, values, header names and header values stand as the MD5 of their bytes, in
 * lower-case hexadecimal, or as {@code -} where they are null. What a record comes to are the last
 * eight bytes of the line's MD5 as a little-endian number. MD5 because other engines have it too:
 * it finds readers that differ, and guards against nobody.
 *
 * <p>For one thread at a time. {@link #begin}, each header, then {@link #end}, for each record.
 */
public final class RecordSums {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGEST_BYTES = 16;

  private final OffsetRange range;
  private final String partition;
  private final long[] records;
  private final long[] sums;
  private final MessageDigest ofField = md5();
  private final MessageDigest ofLine = md5();
  private final byte[] hex = new byte[1 + 2 * DIGEST_BYTES];
  private final byte[] digest = new byte[DIGEST_BYTES];
  private int run;

  /** Sums for a file of one partition with these offsets. */
  public RecordSums(int partition, OffsetRange range) {
    this.range = range;
    this.partition = Integer.toString(partition);
    this.records = new long[ContentSums.runs(range)];
    this.sums = new long[records.length];
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has MD5", e);
    }
  }

  /** Begins a record. Lengths of -1 are nulls. */
  public void begin(
      long offset,
      long timestampMillis,
      long appendTimeMillis,
      byte[] key,
      int keyStart,
      int keyLength,
      byte[] value,
      int valueStart,
      int valueLength) {
    run = ContentSums.runOf(range, offset);
    String numbers =
        partition + ',' + offset + ',' + micros(timestampMillis) + ',' + micros(appendTimeMillis);
    ofLine.update(numbers.getBytes(StandardCharsets.US_ASCII));
    field(',', key, keyStart, keyLength);
    field(',', value, valueStart, valueLength);
  }

  private static long micros(long millis) {
    return Math.multiplyExact(millis, 1000L);
  }

  /** Adds the next header of the record that was begun. */
  public void header(
      byte[] name, int nameStart, int nameLength, byte[] value, int valueStart, int valueLength) {
    field(',', name, nameStart, nameLength);
    field('=', value, valueStart, valueLength);
  }

  private void field(char before, byte[] bytes, int start, int length) {
    hex[0] = (byte) before;
    if (length < 0) {
      hex[1] = '-';
      ofLine.update(hex, 0, 2);
      return;
    }
    ofField.update(bytes, start, length);
    digest(ofField);
    for (int i = 0; i < DIGEST_BYTES; i++) {
      hex[1 + 2 * i] = HEX[digest[i] >> 4 & 0xF];
      hex[2 + 2 * i] = HEX[digest[i] & 0xF];
    }
    ofLine.update(hex);
  }

  private void digest(MessageDigest done) {
    byte[] result = done.digest();
    System.arraycopy(result, 0, digest, 0, DIGEST_BYTES);
  }

  /** Ends the record that was begun. */
  public void end() {
    digest(ofLine);
    records[run]++;
    sums[run] +=
        ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN).getLong(DIGEST_BYTES - Long.BYTES);
  }

  /** Adds the record the cursor stands on. Its headers are walked here, which can be done once. */
  public void add(RecordCursor record, long appendTimeMillis) {
    byte[] array = record.array();
    begin(
        record.offset(),
        record.timestampMillis(),
        appendTimeMillis,
        array,
        record.keyStart(),
        record.keyLength(),
        array,
        record.valueStart(),
        record.valueLength());
    while (record.nextHeader()) {
      header(
          array,
          record.headerNameStart(),
          record.headerNameLength(),
          array,
          record.headerValueStart(),
          record.headerValueLength());
    }
    end();
  }

  /** What all records so far come to. */
  public ContentSums sums() {
    List<ContentSums.Run> runs = new ArrayList<>();
    for (int i = 0; i < records.length; i++) {
      runs.add(new ContentSums.Run(records[i], sums[i]));
    }
    return new ContentSums(range, runs);
  }
}
