package io.thermocline.cold.parquet;

import io.thermocline.codec.RecordCursor;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The checksum of a run of records as such, whatever file or batch they lie in: a CRC32C over all
 * of them in offset order. Integers are big-endian, a length of -1 is a null.
 *
 * <pre>
 * for each record   offset  timestamp (ms)  append time (ms)  key length  value length  key  value
 *                   8       8               8                 4           4
 * for each header   name length  value length  name  value
 *                   4            4
 * then              -1
 *                   4
 * </pre>
 */
final class ContentChecksum {
  private static final int DIRECT_BYTES = 512;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer gathered = ByteBuffer.allocate(8192);

  /** Adds the record the cursor stands on. Its headers are walked here, which can be done once. */
  void add(RecordCursor record, long appendTimeMillis) {
    byte[] array = record.array();
    int keyLength = record.keyLength();
    int valueLength = record.valueLength();
    record(record.offset(), record.timestampMillis(), appendTimeMillis, keyLength, valueLength);
    bytes(array, record.keyStart(), keyLength);
    bytes(array, record.valueStart(), valueLength);
    while (record.nextHeader()) {
      header(record.headerNameLength(), record.headerValueLength());
      bytes(array, record.headerNameStart(), record.headerNameLength());
      bytes(array, record.headerValueStart(), record.headerValueLength());
    }
    endRecord();
  }

  void record(
      long offset, long timestampMillis, long appendTimeMillis, int keyLength, int valueLength) {
    room(3 * Long.BYTES + 2 * Integer.BYTES);
    gathered
        .putLong(offset)
        .putLong(timestampMillis)
        .putLong(appendTimeMillis)
        .putInt(keyLength)
        .putInt(valueLength);
  }

  void header(int nameLength, int valueLength) {
    room(2 * Integer.BYTES);
    gathered.putInt(nameLength).putInt(valueLength);
  }

  /** Adds {@code length} bytes; none where it is -1. */
  void bytes(byte[] source, int start, int length) {
    if (length <= 0) {
      return;
    }
    if (length >= DIRECT_BYTES) {
      flush();
      crc.update(source, start, length);
    } else {
      room(length);
      gathered.put(source, start, length);
    }
  }

  void endRecord() {
    room(Integer.BYTES);
    gathered.putInt(-1);
  }

  /** The checksum of all records so far. */
  int value() {
    flush();
    return (int) crc.getValue();
  }

  private void room(int bytes) {
    if (gathered.remaining() < bytes) {
      flush();
    }
  }

  private void flush() {
    crc.update(gathered.array(), 0, gathered.position());
    gathered.clear();
  }
}
