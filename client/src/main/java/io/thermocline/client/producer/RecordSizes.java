package io.thermocline.client.producer;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.record.RecordHeader;
import io.thermocline.codec.BatchLimits;
import io.thermocline.model.ErrorKind;
import java.time.Instant;
import java.util.List;

/** What records take of a producer's buffer, and whether they can be stored at all. */
final class RecordSizes {
  private static final long MIN_TIMESTAMP = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
  private static final long MAX_TIMESTAMP =
      Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  /** More than any record's tags, lengths and timestamp take, and some for its future. */
  private static final int RECORD_OVERHEAD = 32;

  private static final int HEADER_OVERHEAD = 16;

  private final long bufferBytes;

  /**
   * @param bufferBytes what no record, and no batch appended at once, may go over
   */
  RecordSizes(long bufferBytes) {
    this.bufferBytes = bufferBytes;
  }

  /**
   * What a record takes of the buffer, at least its bytes on the wire.
   *
   * @throws NotAppliedException when it can never be stored
   */
  int of(ProducerRecord record, long timestamp) {
    if (timestamp < MIN_TIMESTAMP || timestamp > MAX_TIMESTAMP) {
      throw invalid("timestamp " + timestamp + " ms is outside of the years 0001 to 9999");
    }
    long bytes = RECORD_OVERHEAD + length(record.key()) + length(record.value());
    for (RecordHeader header : record.headers()) {
      bytes += HEADER_OVERHEAD + utf8Length(header.name()) + length(header.value());
    }
    long limit = Math.min(BatchLimits.defaults().maxRecordBytes(), bufferBytes);
    if (bytes > limit) {
      throw invalid("it takes " + bytes + " bytes, the limit is " + limit);
    }
    return (int) bytes;
  }

  /**
   * What records take of the buffer together that are to be one batch of the partition.
   *
   * @param now the timestamp of those that have none
   * @throws NotAppliedException when they can never be stored
   * @throws IllegalArgumentException when there are none, or not all are for the partition
   */
  int of(PartitionName partition, List<ProducerRecord> records, long now) {
    if (records.isEmpty()) {
      throw new IllegalArgumentException("No records to append");
    }
    long bytes = 0;
    for (ProducerRecord record : records) {
      if (!record.topic().equals(partition.topic())
          || record.partition().orElse(partition.partition()) != partition.partition()) {
        throw new IllegalArgumentException(
            "A record for " + record.topic() + " can't be appended to " + partition);
      }
      bytes += of(record, record.timestampMillis().orElse(now));
    }
    long limit = Math.min(BatchLimits.defaults().maxBatchBytes(), bufferBytes);
    if (bytes > limit) {
      throw Failure.of(
              ErrorKind.INVALID,
              "Records appended together take " + bytes + " bytes, the limit is " + limit)
          .notApplied();
    }
    return (int) bytes;
  }

  private static long length(byte[] bytesOrNull) {
    return bytesOrNull == null ? 0 : bytesOrNull.length;
  }

  /** At most what a name takes. Looked at char by char: this is done for each header. */
  private static long utf8Length(String name) {
    for (int at = 0; at < name.length(); at++) {
      if (Character.isSurrogate(name.charAt(at))) {
        if (Character.charCount(name.codePointAt(at)) == 1) {
          throw invalid("the header name '" + name + "' has half of a surrogate pair");
        }
        at++;
      }
    }
    return name.length() * 3L;
  }

  private static NotAppliedException invalid(String problem) {
    return Failure.of(ErrorKind.INVALID, "Not a valid record: " + problem).notApplied();
  }
}
