package io.thermocline.hot.segment;

import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import java.util.List;

/**
 * A batch as it lies in a segment file.
 *
 * @param position where its header begins
 * @param bytes header and payload together
 * @param offsets those it takes
 * @param count records its header states
 * @param compression of its payload
 * @param payloadBytes as stored
 * @param uncompressedBytes once decompressed
 * @param attributes its attribute bits
 * @param baseTimestampMillis what the records' timestamps are counted from
 * @param appendTimeMillis when the broker appended it, Unix milliseconds
 * @param maxTimestampMillis the largest timestamp, as the header states it
 * @param durableTo the log's durable end when it was written
 * @param producerId -1: none
 * @param producerEpoch -1: none
 * @param baseSequence -1: none
 * @param logEpoch raised by each recovery that cut or lost something
 * @param headerCheck whether the header's checksum matched; one that does not is no batch
 * @param contentIntact whether the payload and what the producer stated match the content checksum
 * @param problems everything else that is wrong with it, in words
 */
public record StoredBatch(
    long position,
    long bytes,
    OffsetRange offsets,
    int count,
    Compression compression,
    int payloadBytes,
    int uncompressedBytes,
    int attributes,
    long baseTimestampMillis,
    long appendTimeMillis,
    long maxTimestampMillis,
    long durableTo,
    long producerId,
    short producerEpoch,
    int baseSequence,
    int logEpoch,
    HeaderCheck headerCheck,
    boolean contentIntact,
    List<String> problems)
    implements SegmentPart {

  public StoredBatch {
    problems = List.copyOf(problems);
  }

  /** What is known of a header's checksum. */
  public enum HeaderCheck {
    /** It matched. */
    INTACT,
    /** It could not be compared: the file does not lie where it says whose it is. */
    UNCHECKED
  }

  /** Whether nothing is wrong with it. */
  public boolean isIntact() {
    return contentIntact && problems.isEmpty();
  }
}
