package io.thermocline.hot;

import io.thermocline.hot.segment.BatchHeader;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Gives crafted bytes the checksums, and where one must fit the file the lengths, that they need to
 * be looked at further: no mutation would find them.
 */
final class RightChecksums {
  private static final int BLOCK_BYTES = 4096;

  private RightChecksums() {}

  /** Of a whole {@link io.thermocline.hot.disk.ChecksummedFile}. */
  static void ofFile(ByteBuffer file) {
    if (file.limit() >= 16) {
      file.putInt(8, file.limit() - 16);
      file.putInt(12, crc(slice(file, 0, 12), slice(file, 16, file.limit() - 16)));
    }
  }

  /**
   * Of what begins with a mark of these letters, a length, and a checksum over those and a body.
   */
  static void ofEntries(ByteBuffer file, String letters) {
    int at = 0;
    while (at + 12 <= file.limit()) {
      int length = file.getInt(at + 4);
      if (isMark(file, at, letters) && length >= 0 && length <= file.limit() - at - 12) {
        file.putInt(at + 8, crc(slice(file, at, 8), slice(file, at + 12, length)));
        at += 12 + length;
      } else {
        at++;
      }
    }
  }

  /** Of the batches in a segment file of partition {@code partition} with base offset 0. */
  static void ofBatches(ByteBuffer file, UUID topic, int partition) {
    int at = 0;
    while (at + BatchHeader.BYTES <= file.limit()) {
      int payload = file.getInt(at + 24);
      if (!isMark(file, at, "TCB")) {
        at++;
        continue;
      }
      boolean fits = payload >= 0 && payload <= file.limit() - at - BatchHeader.BYTES;
      if (fits) {
        file.putInt(at + 92, contentChecksum(file, at, payload));
      }
      ByteBuffer seed =
          ByteBuffer.allocate(36)
              .putLong(topic.getMostSignificantBits())
              .putLong(topic.getLeastSignificantBits())
              .putInt(partition)
              .putLong(0)
              .putLong(at)
              .flip();
      file.putInt(at + 4, crc(seed, slice(file, at, 4), slice(file, at + 8, 88)));
      at += fits ? BatchHeader.BYTES + payload : 1;
    }
  }

  private static int contentChecksum(ByteBuffer file, int at, int payload) {
    ByteBuffer stated =
        ByteBuffer.allocate(28)
            .putInt(file.getInt(at + 16))
            .putInt(file.getInt(at + 20))
            .putInt(file.get(at + 32) & 0xff)
            .putInt(file.getInt(at + 36))
            .putInt(file.getInt(at + 28))
            .putLong(file.getLong(at + 40))
            .flip();
    return crc(stated, slice(file, at + BatchHeader.BYTES, payload));
  }

  /** Of the block in front of a journal file. */
  static void ofJournalHead(ByteBuffer file) {
    file.putInt(4, crc(slice(file, 0, 4), slice(file, 8, 8)));
  }

  /** Of the frames in a journal file with that id. */
  static void ofFrames(ByteBuffer file, long id) {
    for (int at = BLOCK_BYTES; at + 16 <= file.limit(); at += BLOCK_BYTES) {
      int length = file.getInt(at + 8);
      if (isMark(file, at, "TCF") && length >= 16 && length <= file.limit() - at) {
        ByteBuffer seed = ByteBuffer.allocate(16).putLong(id).putLong(at).flip();
        file.putInt(at + 4, crc(seed, slice(file, at, 4), slice(file, at + 8, length - 8)));
      }
    }
  }

  private static boolean isMark(ByteBuffer file, int at, String letters) {
    return file.get(at) == letters.charAt(0)
        && file.get(at + 1) == letters.charAt(1)
        && file.get(at + 2) == letters.charAt(2);
  }

  private static ByteBuffer slice(ByteBuffer file, int at, int length) {
    return file.slice(at, length);
  }

  private static int crc(ByteBuffer... parts) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer part : parts) {
      crc.update(part);
    }
    return (int) crc.getValue();
  }
}
