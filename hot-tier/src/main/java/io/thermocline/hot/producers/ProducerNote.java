package io.thermocline.hot.producers;

import io.thermocline.hot.disk.FormatMark;
import io.thermocline.hot.disk.StoredUuid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a log's producers stored in {@code [from, end)}, as far as it is still to be remembered.
 * Stored as, big-endian:
 *
 * <pre>
 *   0  magic "TCP"   3
 *   3  version       1   1
 *   4  length        4   of the body
 *   8  CRC32C        4   over magic, version, length and body
 *  12  body: topic UUID 16, partition 4, from 8, end 8, segment 8, position 8,
 *      batches 4, then for each:
 *        producer id 8, epoch 2, base sequence 4, last offset delta 4, content CRC32C 4,
 *        base offset 8, append time 8
 * </pre>
 *
 * <p>All but the body stays what it is in every later version, so that an older program can tell a
 * note of one from damage.
 *
 * @param from what lies below it, earlier notes have; 0: all that is remembered is here, whatever
 *     they have
 * @param end all below it was durable
 * @param segment base offset of the segment in which the batch at {@code end} begins
 * @param position where it begins
 * @param batches each producer's in offset order, the least recently used producer first
 */
public record ProducerNote(
    LogId log, long from, long end, long segment, long position, List<ProducerBatch> batches) {
  static final int PREFIX_BYTES = 12;
  static final int MAX_BODY_BYTES = 32 << 20;

  private static final FormatMark MARK = FormatMark.of("TCP", 1);
  private static final int CRC_AT = 8;
  private static final int HEAD_BYTES = 16 + 4 + 4 * 8 + 4;
  private static final int BATCH_BYTES = 8 + 2 + 3 * 4 + 2 * 8;

  public ProducerNote {
    batches = List.copyOf(batches);
  }

  /** What it takes in the file. */
  int storedBytes() {
    return PREFIX_BYTES + HEAD_BYTES + batches.size() * BATCH_BYTES;
  }

  /** Puts it at the buffer's position, which moves past it. */
  void write(ByteBuffer into) {
    int at = into.position();
    int length = storedBytes() - PREFIX_BYTES;
    into.putInt(MARK.stored()).putInt(length).putInt(0);
    StoredUuid.put(log.topic(), into)
        .putInt(log.partition())
        .putLong(from)
        .putLong(end)
        .putLong(segment)
        .putLong(position)
        .putInt(batches.size());
    for (ProducerBatch batch : batches) {
      into.putLong(batch.producerId())
          .putShort(batch.epoch())
          .putInt(batch.baseSequence())
          .putInt(batch.lastOffsetDelta())
          .putInt(batch.crc32c())
          .putLong(batch.baseOffset())
          .putLong(batch.appendTimeMillis());
    }
    into.putInt(at + CRC_AT, checksum(into, at, length));
  }

  /**
   * The length of the body that begins after these {@link #PREFIX_BYTES}.
   *
   * @return -1 when no note begins here
   */
  static int bodyBytes(ByteBuffer bytes, int at) {
    int length = bytes.getInt(at + 4);
    boolean possible = MARK.isAt(bytes, at) && length >= 0 && length <= MAX_BODY_BYTES;
    return possible ? length : -1;
  }

  /**
   * The note at index {@code at}, all of which {@code bytes} has.
   *
   * @return null when it is damaged
   * @throws io.thermocline.model.ThermoclineException {@code FAILED_PRECONDITION} when it is of a
   *     later version
   */
  static ProducerNote read(ByteBuffer bytes, int at) {
    int length = bodyBytes(bytes, at);
    if (checksum(bytes, at, length) != bytes.getInt(at + CRC_AT)) {
      return null;
    }
    if (MARK.isNewerAt(bytes, at)) {
      throw MARK.newer("A note of the producers", bytes, at);
    }
    if (!MARK.isThisVersionAt(bytes, at) || length < HEAD_BYTES) {
      return null;
    }
    ByteBuffer body = bytes.duplicate().position(at + PREFIX_BYTES);
    LogId log = new LogId(StoredUuid.get(body), body.getInt());
    long from = body.getLong();
    long end = body.getLong();
    long segment = body.getLong();
    long position = body.getLong();
    int count = body.getInt();
    if (length != HEAD_BYTES + (long) count * BATCH_BYTES) {
      return null;
    }
    List<ProducerBatch> batches = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      batches.add(
          new ProducerBatch(
              body.getLong(),
              body.getShort(),
              body.getInt(),
              body.getInt(),
              body.getInt(),
              body.getLong(),
              body.getLong()));
    }
    return new ProducerNote(log, from, end, segment, position, batches);
  }

  private static int checksum(ByteBuffer bytes, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().limit(at + CRC_AT).position(at));
    int body = at + PREFIX_BYTES;
    crc.update(bytes.duplicate().limit(body + length).position(body));
    return (int) crc.getValue();
  }
}
