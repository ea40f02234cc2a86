package io.thermocline.model;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * What a producer makes of a run of records: the payload and what is said about it. The broker adds
 * the position (see {@link RecordBatch}) and never changes these bytes.
 *
 * @param count number of records in the payload; 0 is legal for a batch that only moves offsets
 * @param lastOffsetDelta the last record's offset less the batch's base offset
 * @param compression how the payload is compressed
 * @param attributes reserved for transactions and control batches: zero
 * @param baseTimestampMillis Unix milliseconds the records' timestamp deltas count from
 * @param uncompressedBytes size of the payload once it is decompressed
 * @param crc32c the producer's checksum, see {@link #computeCrc32c}
 * @param payload from its position to its limit; neither is moved by anyone, and the bytes are not
 *     changed for as long as the batch is in use. It may be a view of a larger buffer.
 */
public record BatchContent(
    int count,
    int lastOffsetDelta,
    Compression compression,
    int attributes,
    long baseTimestampMillis,
    int uncompressedBytes,
    int crc32c,
    ByteBuffer payload) {

  public BatchContent {
    Objects.requireNonNull(compression, "compression");
    Objects.requireNonNull(payload, "payload");
  }

  /** Content with its checksum computed here: for whoever makes a batch. */
  public static BatchContent of(
      int count,
      int lastOffsetDelta,
      Compression compression,
      long baseTimestampMillis,
      int uncompressedBytes,
      ByteBuffer payload) {
    BatchContent unsigned =
        new BatchContent(
            count,
            lastOffsetDelta,
            compression,
            0,
            baseTimestampMillis,
            uncompressedBytes,
            0,
            payload);
    return new BatchContent(
        count,
        lastOffsetDelta,
        compression,
        0,
        baseTimestampMillis,
        uncompressedBytes,
        unsigned.computeCrc32c(),
        payload);
  }

  /**
   * CRC32C over count, last offset delta, compression code, attributes, uncompressed size (each as
   * a 4-byte big-endian integer), base timestamp (8 bytes, big-endian) and the payload.
   */
  public int computeCrc32c() {
    ByteBuffer fields = ByteBuffer.allocate(5 * Integer.BYTES + Long.BYTES);
    fields
        .putInt(count)
        .putInt(lastOffsetDelta)
        .putInt(compression.code())
        .putInt(attributes)
        .putInt(uncompressedBytes)
        .putLong(baseTimestampMillis)
        .flip();
    CRC32C crc = new CRC32C();
    crc.update(fields);
    crc.update(payload.duplicate());
    return (int) crc.getValue();
  }

  /** Bytes of the payload as it is stored. */
  public int sizeInBytes() {
    return payload.remaining();
  }
}
