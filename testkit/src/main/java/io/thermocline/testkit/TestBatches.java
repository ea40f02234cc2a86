package io.thermocline.testkit;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns comparable records into batches and back. */
public final class TestBatches {
  private static final int MAX_UNCOMPRESSED_BYTES = 64 << 20;
  private static final byte[] NOTHING = {};
  private static final byte SPOILED = 0x5A;

  private TestBatches() {}

  /** What a producer would send: the records' offsets count from the first one's. */
  public static BatchContent content(Compression compression, List<StoredRecord> records) {
    return fill(records).build(compression);
  }

  /** Uncompressed content. */
  public static BatchContent content(StoredRecord... records) {
    return content(Compression.NONE, List.of(records));
  }

  /** A batch in its place, as a log would hold it: the records keep their offsets. */
  public static RecordBatch batch(
      Compression compression, long appendTimeMillis, List<StoredRecord> records) {
    return fill(records).buildAt(compression, appendTimeMillis);
  }

  /** The records of a batch, in order. */
  public static List<StoredRecord> decode(RecordBatch batch) {
    return decode(batch.baseOffset(), batch.content());
  }

  /** The records of several batches, in order. */
  public static List<StoredRecord> decode(List<RecordBatch> batches) {
    return batches.stream().flatMap(batch -> decode(batch).stream()).toList();
  }

  /** The records of a producer's content that was stored at {@code baseOffset}. */
  public static List<StoredRecord> decode(long baseOffset, BatchContent content) {
    ByteBuffer payload = new PayloadReader(MAX_UNCOMPRESSED_BYTES).open(content);
    RecordCursor cursor =
        new RecordCursor().reset(payload, baseOffset, content.baseTimestampMillis());
    List<StoredRecord> records = new ArrayList<>();
    while (cursor.next()) {
      records.add(current(cursor));
    }
    return records;
  }

  /** Writes over the payload of a batch that nobody reads any more: whoever does finds out. */
  public static void spoil(RecordBatch batch) {
    ByteBuffer payload = batch.content().payload();
    Arrays.fill(
        payload.array(),
        payload.arrayOffset() + payload.position(),
        payload.arrayOffset() + payload.limit(),
        SPOILED);
  }

  private static StoredRecord current(RecordCursor cursor) {
    byte[] array = cursor.array();
    List<StoredHeader> headers = new ArrayList<>();
    while (cursor.nextHeader()) {
      String name =
          new String(
              array, cursor.headerNameStart(), cursor.headerNameLength(), StandardCharsets.UTF_8);
      headers.add(
          new StoredHeader(
              name, Bytes.slice(array, cursor.headerValueStart(), cursor.headerValueLength())));
    }
    return new StoredRecord(
        cursor.offset(),
        cursor.timestampMillis(),
        Bytes.slice(array, cursor.keyStart(), cursor.keyLength()),
        Bytes.slice(array, cursor.valueStart(), cursor.valueLength()),
        headers);
  }

  private static BatchBuilder fill(List<StoredRecord> records) {
    BatchBuilder builder = new BatchBuilder();
    HeaderBuffer headers = new HeaderBuffer();
    for (StoredRecord record : records) {
      headers.clear();
      for (StoredHeader header : record.headers()) {
        headers.add(header.name(), header.value() == null ? null : header.value().toArray());
      }
      byte[] key = array(record.key());
      byte[] value = array(record.value());
      builder.add(
          record.offset(),
          record.timestampMillis(),
          key,
          0,
          length(record.key()),
          value,
          0,
          length(record.value()),
          headers);
    }
    return builder;
  }

  private static byte[] array(Bytes bytes) {
    return bytes == null ? NOTHING : bytes.toArray();
  }

  private static int length(Bytes bytes) {
    return bytes == null ? -1 : bytes.length();
  }
}
