package io.thermocline.hot.journal;

import io.thermocline.hot.disk.StoredUuid;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What is written to a journal file and forced at once, version 1, big-endian. A frame begins at a
 * multiple of {@link #BLOCK_BYTES} and is filled up with zeros to the next:
 *
 * <pre>
 *   0  magic "TCF"            3 bytes
 *   3  version                1        1
 *   4  CRC32C                 4        see below
 *   8  length                 4        from byte 0 to the end of the last entry
 *  12  entries                4
 *  16  entries, each:
 *        topic UUID          16
 *        partition            4
 *        segment              8        its base offset
 *        position             8        in the segment's file
 *        next offset          8        one past the last offset of the bytes
 *        length               4        of the bytes
 *        bytes                         batches, just as they lie in the segment's file
 * </pre>
 *
 * <p>The CRC32C is computed over the file's {@link JournalFile id} (8 bytes), the frame's position
 * in the file (8), bytes 0 to 3 and bytes 8 to the end of the last entry. So neither a block from
 * elsewhere nor what a producer sent is taken for a frame.
 */
final class Frame {
  static final int BLOCK_BYTES = 4096;
  static final int HEADER_BYTES = 16;
  static final int ENTRY_HEADER_BYTES = 16 + Integer.BYTES + 3 * Long.BYTES + Integer.BYTES;
  static final int MAX_BYTES = 4 << 20;

  private static final byte VERSION = 1;
  private static final int MAGIC = ('T' << 24) | ('C' << 16) | ('F' << 8) | VERSION;
  private static final int CRC_AT = 4;
  private static final int LENGTH_AT = 8;
  private static final int ENTRIES_AT = 12;

  private Frame() {}

  /** Bytes an entry takes. */
  static long sizeOf(JournalEntry entry) {
    return (long) ENTRY_HEADER_BYTES + entry.place().bytes();
  }

  /** The next multiple of a block. */
  static long padded(long bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }

  /**
   * Fills the buffer with a frame that is to lie at {@code fileAt} of the file, ready to be
   * written.
   */
  static void write(List<JournalEntry> entries, long fileId, long fileAt, ByteBuffer into) {
    into.clear();
    into.putInt(MAGIC).putInt(0).putInt(0).putInt(entries.size());
    for (JournalEntry entry : entries) {
      Place place = entry.place();
      StoredUuid.put(place.topic(), into)
          .putInt(place.partition())
          .putLong(place.segment())
          .putLong(place.position())
          .putLong(place.nextOffset())
          .putInt(place.bytes());
      int end = into.position() + place.bytes();
      entry.writeTo(into);
      if (into.position() != end) {
        throw new IllegalStateException("Not the bytes that were announced: " + place);
      }
    }
    int length = into.position();
    into.putInt(LENGTH_AT, length);
    into.putInt(CRC_AT, checksum(into, 0, length, fileId, fileAt));
    while (into.position() < padded(length)) {
      into.put((byte) 0);
    }
    into.flip();
  }

  /**
   * Entries found.
   *
   * @param at of the bytes, from the frame's front
   */
  record Found(Place place, int at) {}

  /** Bytes of the frame that may begin at index {@code at}; 0 when there surely is none. */
  static int lengthAt(ByteBuffer bytes, int at) {
    if (bytes.limit() - at < HEADER_BYTES || bytes.getInt(at) != MAGIC) {
      return 0;
    }
    int length = bytes.getInt(at + LENGTH_AT);
    return length < HEADER_BYTES || length > MAX_BYTES ? 0 : length;
  }

  /**
   * The entries of the frame at index {@code at}, which lies at {@code fileAt} of its file.
   *
   * @return empty when it is not whole and unharmed
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it is both, and makes no sense
   */
  static List<Found> read(ByteBuffer bytes, int at, long fileId, long fileAt) {
    int length = lengthAt(bytes, at);
    if (length == 0
        || length > bytes.limit() - at
        || bytes.getInt(at + CRC_AT) != checksum(bytes, at, length, fileId, fileAt)) {
      return List.of();
    }
    List<Found> found = new ArrayList<>();
    ByteBuffer in = bytes.duplicate().position(at + HEADER_BYTES).limit(at + length);
    for (int left = bytes.getInt(at + ENTRIES_AT); left > 0; left--) {
      found.add(entry(in, at, fileAt));
    }
    return found;
  }

  /** The entry at the position of {@code in}, which moves past it. */
  private static Found entry(ByteBuffer in, int frameAt, long fileAt) {
    if (in.remaining() < ENTRY_HEADER_BYTES) {
      throw nonsense(fileAt, "has fewer entries than it says");
    }
    UUID topic = StoredUuid.get(in);
    int partition = in.getInt();
    long segment = in.getLong();
    long position = in.getLong();
    long nextOffset = in.getLong();
    int size = in.getInt();
    if (size < 0 || size > in.remaining() || position < 0 || position > Long.MAX_VALUE - size) {
      throw nonsense(fileAt, "names %d bytes at position %d".formatted(size, position));
    }
    Place place = new Place(topic, partition, segment, position, size, nextOffset);
    Found found = new Found(place, in.position() - frameAt);
    in.position(in.position() + size);
    return found;
  }

  /** No power cut leaves that: it is not to be stepped over as what one leaves is. */
  private static ThermoclineException nonsense(long fileAt, String what) {
    return new ThermoclineException(
        ErrorKind.CORRUPT,
        "The frame at byte %d of the journal makes no sense, though its checksum matches: it %s"
            .formatted(fileAt, what));
  }

  private static int checksum(ByteBuffer bytes, int at, int length, long fileId, long fileAt) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(2 * Long.BYTES).putLong(fileId).putLong(fileAt).flip());
    crc.update(bytes.duplicate().limit(at + CRC_AT).position(at));
    crc.update(bytes.duplicate().limit(at + length).position(at + LENGTH_AT));
    return (int) crc.getValue();
  }
}
