package io.thermocline.hot;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Batches of text values, and back. */
final class Batches {
  private Batches() {}

  static BatchContent of(String... values) {
    return at(1_000, values);
  }

  /** All records with one timestamp. */
  static BatchContent at(long timestampMillis, String... values) {
    BatchBuilder builder = new BatchBuilder();
    HeaderBuffer none = new HeaderBuffer();
    for (String value : values) {
      builder.add(timestampMillis, null, value.getBytes(StandardCharsets.UTF_8), none);
    }
    return builder.build(Compression.NONE);
  }

  /** One record for each timestamp. */
  static BatchContent withTimestamps(long... timestamps) {
    return padded(1, timestamps);
  }

  /** One record of so many bytes for each timestamp. */
  static BatchContent padded(int valueBytes, long... timestamps) {
    BatchBuilder builder = new BatchBuilder();
    HeaderBuffer none = new HeaderBuffer();
    for (long timestamp : timestamps) {
      builder.add(timestamp, null, new byte[valueBytes], none);
    }
    return builder.build(Compression.NONE);
  }

  /** As "offset:value", from the batches of an answer that made progress. */
  static List<String> records(ReadResult result) {
    List<String> records = new ArrayList<>();
    for (RecordBatch batch : ((ReadResult.Progress) result).batches()) {
      RecordCursor cursor =
          new RecordCursor()
              .reset(
                  new PayloadReader(1 << 20).open(batch.content()),
                  batch.baseOffset(),
                  batch.content().baseTimestampMillis());
      while (cursor.next()) {
        String value =
            new String(
                cursor.array(), cursor.valueStart(), cursor.valueLength(), StandardCharsets.UTF_8);
        records.add(cursor.offset() + ":" + value);
      }
    }
    return records;
  }
}
