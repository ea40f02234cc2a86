package io.thermocline.hot.segment;

import io.thermocline.hot.disk.FormatMark;
import io.thermocline.hot.producers.ProducerBatch;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The fixed header before each batch's payload in a segment file, version 1, big-endian:
 *
 * <pre>
 *   0  magic "TCB"            3 bytes
 *   3  version                1        1
 *   4  header CRC32C          4        see below
 *   8  base offset            8        of the first record
 *  16  count                  4        records in the payload; may be 0
 *  20  last offset delta      4        last offset less base offset
 *  24  payload size           4        bytes after this header
 *  28  uncompressed size      4        of the payload
 *  32  compression            1        0 none, 1 lz4 frame, 2 zstd
 *  33  zero                   3
 *  36  attributes             4        room for transactions and control batches
 *  40  base timestamp         8        Unix ms, the records' deltas count from it
 *  48  append time            8        Unix ms, the broker's clock
 *  56  largest timestamp      8        Unix ms, computed by the broker
 *  64  durable to             8        the partition's durable end when this batch was written
 *  72  producer id            8        -1: none
 *  80  producer epoch         2        -1: none
 *  82  zero                   2
 *  84  base sequence          4        -1: none
 *  88  log epoch              4        raised by each recovery that cut something
 *  92  content CRC32C         4        the producer's, see {@link BatchContent#computeCrc32c}
 *  96  payload                         as it came from the producer, and as it goes to consumers
 * </pre>
 *
 * <p>The header CRC32C is computed over the {@link LogStamp} (topic UUID 16 bytes, partition 4,
 * segment base offset 8), the batch's position in the file (8), bytes 0 to 3 and bytes 8 to 95. It
 * is checked before any other field is trusted. The payload has its own checksum, the producer's,
 * which also covers the fields a producer states.
 *
 * <p>Magic, version and this checksum of the first 96 bytes stay what they are in every later
 * version, so that an older program can tell a batch of one from damage.
 */
public record BatchHeader(
    long baseOffset,
    int count,
    int lastOffsetDelta,
    int payloadBytes,
    int uncompressedBytes,
    Compression compression,
    int attributes,
    long baseTimestampMillis,
    long appendTimeMillis,
    long maxTimestampMillis,
    long durableTo,
    long producerId,
    short producerEpoch,
    int baseSequence,
    int logEpoch,
    int contentCrc32c) {

  /** What it takes in the file. */
  public static final int BYTES = 96;

  static final FormatMark MARK = FormatMark.of("TCB", 1);

  private static final int CRC_AT = 4;
  private static final int AFTER_CRC = 8;
  private static final long NO_PRODUCER = -1;

  /** The header of a producer's batch; {@code sequence} is null when it has none. */
  public static BatchHeader of(
      BatchContent content,
      ProducerSequence sequence,
      long baseOffset,
      long appendTimeMillis,
      long maxTimestampMillis,
      long durableTo,
      int logEpoch) {
    return new BatchHeader(
        baseOffset,
        content.count(),
        content.lastOffsetDelta(),
        content.sizeInBytes(),
        content.uncompressedBytes(),
        content.compression(),
        content.attributes(),
        content.baseTimestampMillis(),
        appendTimeMillis,
        maxTimestampMillis,
        durableTo,
        sequence == null ? NO_PRODUCER : sequence.producerId(),
        sequence == null ? -1 : sequence.epoch(),
        sequence == null ? -1 : sequence.baseSequence(),
        logEpoch,
        content.crc32c());
  }

  /** Puts the header at the buffer's position, which moves past it. */
  public void write(ByteBuffer into, LogStamp stamp, long position) {
    int at = into.position();
    into.putInt(MARK.stored())
        .putInt(0)
        .putLong(baseOffset)
        .putInt(count)
        .putInt(lastOffsetDelta)
        .putInt(payloadBytes)
        .putInt(uncompressedBytes)
        .putInt(compression.code() << 24)
        .putInt(attributes)
        .putLong(baseTimestampMillis)
        .putLong(appendTimeMillis)
        .putLong(maxTimestampMillis)
        .putLong(durableTo)
        .putLong(producerId)
        .putShort(producerEpoch)
        .putShort((short) 0)
        .putInt(baseSequence)
        .putInt(logEpoch)
        .putInt(contentCrc32c);
    into.putInt(at + CRC_AT, checksum(into, at, stamp, position));
  }

  /** Whether the four bytes at {@code at} could begin a batch. */
  static boolean magicAt(ByteBuffer bytes, int at) {
    return MARK.isAt(bytes, at);
  }

  /**
   * The header at index {@code at} of {@code bytes}, which must hold at least {@link #BYTES} from
   * there.
   *
   * @return null when what lies there is not a batch of this segment at this position
   * @throws ThermoclineException {@code FAILED_PRECONDITION} when it is one, of a later version
   */
  public static BatchHeader parse(ByteBuffer bytes, int at, LogStamp stamp, long position) {
    boolean intact =
        magicAt(bytes, at) && bytes.getInt(at + CRC_AT) == checksum(bytes, at, stamp, position);
    if (intact && MARK.isNewerAt(bytes, at)) {
      String batch =
          "The batch at byte %d of segment %d of partition %d of topic %s"
              .formatted(position, stamp.segment(), stamp.partition(), stamp.topic());
      throw MARK.newer(batch, bytes, at);
    }
    return intact ? decode(bytes, at) : null;
  }

  /**
   * The header at index {@code at} of {@code bytes}, its checksum not compared: for files that do
   * not say whose they are.
   *
   * @return null when what lies there can't be a batch
   */
  static BatchHeader decode(ByteBuffer bytes, int at) {
    if (!MARK.isThisVersionAt(bytes, at)) {
      return null;
    }
    Compression compression;
    try {
      compression = Compression.ofCode(bytes.get(at + 32) & 0xff);
    } catch (ThermoclineException unknown) {
      return null;
    }
    BatchHeader header =
        new BatchHeader(
            bytes.getLong(at + 8),
            bytes.getInt(at + 16),
            bytes.getInt(at + 20),
            bytes.getInt(at + 24),
            bytes.getInt(at + 28),
            compression,
            bytes.getInt(at + 36),
            bytes.getLong(at + 40),
            bytes.getLong(at + 48),
            bytes.getLong(at + 56),
            bytes.getLong(at + 64),
            bytes.getLong(at + 72),
            bytes.getShort(at + 80),
            bytes.getInt(at + 84),
            bytes.getInt(at + 88),
            bytes.getInt(at + 92));
    boolean possible =
        header.baseOffset >= 0
            && header.lastOffsetDelta >= 0
            && header.baseOffset < Long.MAX_VALUE - header.lastOffsetDelta
            && header.payloadBytes >= 0;
    return possible ? header : null;
  }

  private static int checksum(ByteBuffer bytes, int at, LogStamp stamp, long position) {
    CRC32C crc = stamp.seed(position);
    crc.update(bytes.duplicate().limit(at + CRC_AT).position(at));
    crc.update(bytes.duplicate().limit(at + BYTES).position(at + AFTER_CRC));
    return (int) crc.getValue();
  }

  /** One past its last offset. */
  public long nextOffset() {
    return baseOffset + lastOffsetDelta + 1;
  }

  /** Whether it has a place in a producer's sequence. */
  public boolean isSequenced() {
    return producerId >= 0;
  }

  /** What is remembered of a batch with a sequence. */
  public ProducerBatch producerBatch() {
    return new ProducerBatch(
        producerId,
        producerEpoch,
        baseSequence,
        lastOffsetDelta,
        contentCrc32c,
        baseOffset,
        appendTimeMillis);
  }

  /** The offsets it stands for. */
  public OffsetRange range() {
    return new OffsetRange(baseOffset, nextOffset());
  }

  /** Bytes it takes in the file, this header included. */
  public long totalBytes() {
    return (long) BYTES + payloadBytes;
  }

  /**
   * The batch, with the payload that stood after this header.
   *
   * @return null when it is not what the producer sent
   */
  public RecordBatch intactBatch(ByteBuffer payload) {
    RecordBatch batch = withPayload(payload);
    return batch.content().computeCrc32c() == contentCrc32c ? batch : null;
  }

  /** The batch, with a payload nobody has looked at. */
  RecordBatch withPayload(ByteBuffer payload) {
    return new RecordBatch(
        baseOffset,
        appendTimeMillis,
        maxTimestampMillis,
        new BatchContent(
            count,
            lastOffsetDelta,
            compression,
            attributes,
            baseTimestampMillis,
            uncompressedBytes,
            contentCrc32c,
            payload));
  }
}
