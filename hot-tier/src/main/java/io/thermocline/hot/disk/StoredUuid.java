package io.thermocline.hot.disk;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/** A UUID as it lies in files: 16 bytes, the most significant first. */
public final class StoredUuid {
  private StoredUuid() {}

  /** Writes it. */
  public static void write(UUID uuid, DataOutputStream out) throws IOException {
    out.writeLong(uuid.getMostSignificantBits());
    out.writeLong(uuid.getLeastSignificantBits());
  }

  /** Reads one. */
  public static UUID read(DataInputStream in) throws IOException {
    long high = in.readLong();
    return new UUID(high, in.readLong());
  }

  /**
   * Puts it at the buffer's position, which moves past it.
   *
   * @param into a big-endian buffer
   * @return the buffer
   */
  public static ByteBuffer put(UUID uuid, ByteBuffer into) {
    return into.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
  }

  /** The one at the position of a big-endian buffer, which moves past it. */
  public static UUID get(ByteBuffer from) {
    long high = from.getLong();
    return new UUID(high, from.getLong());
  }
}
