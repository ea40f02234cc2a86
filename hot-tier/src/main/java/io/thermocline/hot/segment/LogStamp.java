package io.thermocline.hot.segment;

import io.thermocline.hot.disk.StoredUuid;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Whose file a segment is. Every header's checksum starts from it and from the position in the
 * file, so that a block that was written to, or copied from, another place is not taken for one of
 * this place.
 *
 * @param topic the topic's identity
 * @param partition its partition's number
 * @param segment the segment's base offset
 */
public record LogStamp(UUID topic, int partition, long segment) {
  private static final int SEED_BYTES = 16 + Integer.BYTES + 2 * Long.BYTES;

  /** A checksum that has taken in the stamp and the position. */
  CRC32C seed(long position) {
    byte[] seed = new byte[SEED_BYTES];
    StoredUuid.put(topic, ByteBuffer.wrap(seed))
        .putInt(partition)
        .putLong(segment)
        .putLong(position);
    CRC32C crc = new CRC32C();
    crc.update(seed, 0, SEED_BYTES);
    return crc;
  }
}
