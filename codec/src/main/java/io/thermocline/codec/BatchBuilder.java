package io.thermocline.codec;

import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Builds batches record by record, straight into wire bytes. Reusable after each build; for one
 * thread at a time.
 *
 * <p>Offset deltas are written only when the offsets have gaps: as long as they are dense nothing
 * is written, and the first gap rewrites what is there once.
 */
public final class BatchBuilder {
  private static final HeaderBuffer NO_HEADERS = new HeaderBuffer();
  private static final int FIRST_SIZE = 16 * 1024;

  /** A payload that fills less of its array than one part in this is copied out of it. */
  private static final int LEAST_FILLED = 2;

  private static final int SMALL_PART = 8;
  private static final byte[] NONE_YET = {};

  private final Optional<PayloadArrays> arrays;
  private byte[] bytes;
  private int size;
  private int count;
  private long firstOffset;
  private long lastOffset;
  private long firstTimestamp;
  private long maxTimestamp;
  private boolean gaps;

  /** A builder that keeps its array, and copies each payload out of it. */
  public BatchBuilder() {
    this(Optional.empty());
  }

  /**
   * A builder that gives away the array of {@code arrays} that it built an uncompressed payload in,
   * and takes another one, as long as its payloads are not much shorter.
   */
  public BatchBuilder(PayloadArrays arrays) {
    this(Optional.of(arrays));
  }

  private BatchBuilder(Optional<PayloadArrays> arrays) {
    this.arrays = arrays;
    this.bytes = new byte[FIRST_SIZE];
  }

  /** Adds a record at the next offset, from 0 on; null keys and values stay null. */
  public void add(
      long timestampMillis, byte[] keyOrNull, byte[] valueOrNull, HeaderBuffer headers) {
    add(
        count == 0 ? 0 : lastOffset + 1,
        timestampMillis,
        keyOrNull,
        0,
        keyOrNull == null ? -1 : keyOrNull.length,
        valueOrNull,
        0,
        valueOrNull == null ? -1 : valueOrNull.length,
        headers);
  }

  /**
   * Adds a record from slices of arrays, which are copied.
   *
   * @param offset greater than the one before, and less than 2^31 after the first
   * @param keyLength -1 for null; then {@code key} and {@code keyStart} are not looked at
   * @param valueLength -1 for null; likewise
   * @param headers in order; may be null for none
   */
  public void add(
      long offset,
      long timestampMillis,
      byte[] key,
      int keyStart,
      int keyLength,
      byte[] value,
      int valueStart,
      int valueLength,
      HeaderBuffer headers) {
    if (count == 0) {
      firstOffset = offset;
      firstTimestamp = timestampMillis;
      maxTimestamp = timestampMillis;
    } else {
      if (offset <= lastOffset || offset - firstOffset > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "Offset "
                + offset
                + " does not follow "
                + lastOffset
                + " in a batch from "
                + firstOffset);
      }
      if (!gaps && offset != lastOffset + 1) {
        writeOffsetDeltas();
      }
    }
    HeaderBuffer named = headers == null ? NO_HEADERS : headers;
    long timestampDelta = Wire.zigzag(timestampMillis - firstTimestamp);
    long offsetDelta = offset - firstOffset;
    int record =
        sizeOfField(keyLength)
            + sizeOfField(valueLength)
            + named.size()
            + (timestampDelta == 0 ? 0 : 1 + Wire.sizeOf(timestampDelta))
            + (gaps ? 1 + Wire.sizeOf(offsetDelta) : 0);
    ensure(1 + Wire.sizeOf(record) + record);
    int at = size;
    bytes[at++] = Wire.RECORDS_RECORD;
    at = Wire.put(bytes, at, record);
    at = putField(at, Wire.RECORD_KEY, key, keyStart, keyLength);
    at = putField(at, Wire.RECORD_VALUE, value, valueStart, valueLength);
    System.arraycopy(named.array(), 0, bytes, at, named.size());
    at += named.size();
    if (timestampDelta != 0) {
      bytes[at++] = Wire.RECORD_TIMESTAMP_DELTA;
      at = Wire.put(bytes, at, timestampDelta);
    }
    if (gaps) {
      bytes[at++] = Wire.RECORD_OFFSET_DELTA;
      at = Wire.put(bytes, at, offsetDelta);
    }
    size = at;
    count++;
    lastOffset = offset;
    maxTimestamp = Math.max(maxTimestamp, timestampMillis);
  }

  /** Records added since the last build. */
  public int count() {
    return count;
  }

  /** Bytes of the payload so far, uncompressed. */
  public int sizeInBytes() {
    return size;
  }

  /** Largest timestamp added since the last build; of no meaning when there is none. */
  public long maxTimestampMillis() {
    return maxTimestamp;
  }

  /**
   * Ends the batch, and makes the builder ready for the next.
   *
   * @return offsets count from the first one added; owns its memory
   * @throws IllegalStateException when no record was added
   */
  public BatchContent build(Compression compression) {
    try (PayloadCompressor compressor = new PayloadCompressor(compression)) {
      return build(compressor);
    }
  }

  /** As {@link #build(Compression)}, with a compressor that is used again and stays open. */
  public BatchContent build(PayloadCompressor compressor) {
    if (count == 0) {
      throw new IllegalStateException("A batch has at least one record");
    }
    Compression compression = compressor.compression();
    ByteBuffer payload =
        compression == Compression.NONE ? uncompressed() : compressor.compress(bytes, size);
    BatchContent content =
        BatchContent.of(
            count, (int) (lastOffset - firstOffset), compression, firstTimestamp, size, payload);
    size = 0;
    count = 0;
    gaps = false;
    return content;
  }

  /** As {@link #build(Compression)}, at its place in the log: the first offset added. */
  public RecordBatch buildAt(Compression compression, long appendTimeMillis) {
    long offset = firstOffset;
    long timestamp = maxTimestamp;
    return new RecordBatch(offset, appendTimeMillis, timestamp, build(compression));
  }

  private ByteBuffer uncompressed() {
    boolean given =
        arrays.isPresent()
            && bytes.length == arrays.get().length()
            && size >= bytes.length / LEAST_FILLED;
    if (!given) {
      return ByteBuffer.wrap(Arrays.copyOf(bytes, size));
    }
    ByteBuffer payload = ByteBuffer.wrap(bytes, 0, size);
    bytes = NONE_YET;
    return payload;
  }

  /** Puts the offset delta, so far equal to the index, into each record that is there already. */
  private void writeOffsetDeltas() {
    ByteBuffer dense = ByteBuffer.wrap(Arrays.copyOf(bytes, size));
    RecordCursor cursor = new RecordCursor().reset(dense, 0, 0);
    gaps = true;
    size = 0;
    for (int index = 0; cursor.next(); index++) {
      int old = cursor.recordBytes();
      int record = old + 1 + Wire.sizeOf(index);
      ensure(1 + Wire.sizeOf(record) + record);
      bytes[size++] = Wire.RECORDS_RECORD;
      size = Wire.put(bytes, size, record);
      System.arraycopy(cursor.array(), cursor.recordStart(), bytes, size, old);
      size += old;
      bytes[size++] = Wire.RECORD_OFFSET_DELTA;
      size = Wire.put(bytes, size, index);
    }
  }

  private int putField(int at, int tag, byte[] source, int start, int length) {
    if (length < 0) {
      return at;
    }
    bytes[at] = (byte) tag;
    int next = Wire.put(bytes, at + 1, length);
    if (length > 0) {
      System.arraycopy(source, start, bytes, next, length);
    }
    return next + length;
  }

  private static int sizeOfField(int length) {
    return length < 0 ? 0 : 1 + Wire.sizeOf(length) + length;
  }

  private void ensure(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      int doubled = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * bytes.length));
      byte[] larger = larger(needed, Math.max(FIRST_SIZE, doubled));
      System.arraycopy(bytes, 0, larger, 0, size);
      bytes = larger;
    }
  }

  private byte[] larger(int needed, int doubled) {
    if (arrays.isPresent()) {
      int whole = arrays.get().length();
      boolean large = bytes.length == 0 || doubled > whole / SMALL_PART;
      if (large && needed <= whole && bytes.length < whole) {
        return arrays.get().take();
      }
    }
    return new byte[doubled];
  }
}
