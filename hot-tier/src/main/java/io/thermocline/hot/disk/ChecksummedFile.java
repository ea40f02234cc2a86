package io.thermocline.hot.disk;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small file that is written whole and read whole, big-endian:
 *
 * <pre>
 *   0  magic     4   which kind of file it is
 *   4  version   4   of what follows
 *   8  length    4   of the body
 *  12  CRC32C    4   over magic, version, length and body
 *  16  body
 * </pre>
 */
public final class ChecksummedFile {
  private static final int PREFIX_BYTES = 16;
  private static final int CRC_AT = 12;

  private final Disk disk;
  private final Path file;
  private final int magic;
  private final int version;

  /**
   * @param version the one this program writes; it reads older ones too
   */
  public ChecksummedFile(Disk disk, Path file, int magic, int version) {
    this.disk = disk;
    this.file = file;
    this.magic = magic;
    this.version = version;
  }

  /** Writes a body. */
  public interface BodyWriter {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /**
   * Gives the file a new body, as {@link Replacement} does.
   *
   * @throws Replacement.UnknownOutcomeException when nobody knows which body a crash would leave;
   *     after any other exception the old one stands
   */
  public void replace(BodyWriter body) throws IOException {
    ByteBuffer bytes = encode(body);
    DiskFile inPlace = Replacement.of(disk, file, fresh -> fresh.write(bytes, 0));
    try {
      inPlace.close();
    } catch (IOException e) {
      // The old body does not stand any more.
      throw new Replacement.UnknownOutcomeException(e);
    }
  }

  /** Writes the file in place and without a force: for what can be made again. */
  public void writeUnforced(BodyWriter body) throws IOException {
    disk.delete(file);
    try (DiskFile out = disk.create(file)) {
      out.write(encode(body), 0);
    }
  }

  /** Reads a body. */
  public interface BodyReader<T> {
    /**
     * What the body says.
     *
     * @param version in which it was written
     * @throws IOException when it ends too early
     * @throws RuntimeException for whatever it says that can't be
     */
    T readFrom(DataInputStream in, int version) throws IOException;
  }

  /**
   * The body.
   *
   * @return empty when there is no such file
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it is damaged, or {@code body}
   *     makes nothing of it, {@link ErrorKind#FAILED_PRECONDITION} when a newer version wrote it
   */
  public <T> Optional<T> read(BodyReader<T> body) throws IOException {
    if (!disk.exists(file)) {
      return Optional.empty();
    }
    ByteBuffer bytes;
    try (DiskFile in = disk.openToRead(file)) {
      bytes = ByteBuffer.allocate(Math.toIntExact(in.size()));
      int unused = in.read(bytes, 0);
      bytes.flip();
    }
    if (bytes.limit() < PREFIX_BYTES || bytes.getInt(0) != magic) {
      throw damaged("it does not begin as such a file does");
    }
    if (bytes.getInt(4) > version) {
      throw NewerFormat.of(file, bytes.getInt(4), version);
    }
    int length = bytes.getInt(8);
    if (length != bytes.limit() - PREFIX_BYTES) {
      throw damaged("it has %d bytes of %d".formatted(bytes.limit() - PREFIX_BYTES, length));
    }
    if (checksum(bytes) != bytes.getInt(CRC_AT)) {
      throw damaged("its checksum does not match");
    }
    ByteArrayInputStream stored = new ByteArrayInputStream(bytes.array(), PREFIX_BYTES, length);
    try (DataInputStream in = new DataInputStream(stored)) {
      return Optional.of(body.readFrom(in, bytes.getInt(4)));
    } catch (IOException | RuntimeException nonsense) {
      throw damaged("its checksum matches, and its body makes no sense: " + nonsense);
    }
  }

  private ByteBuffer encode(BodyWriter body) throws IOException {
    ByteArrayOutputStream collected = new ByteArrayOutputStream();
    collected.write(new byte[PREFIX_BYTES]);
    try (DataOutputStream out = new DataOutputStream(collected)) {
      body.writeTo(out);
    }
    ByteBuffer bytes = ByteBuffer.wrap(collected.toByteArray());
    bytes.putInt(0, magic).putInt(4, version).putInt(8, bytes.limit() - PREFIX_BYTES);
    return bytes.putInt(CRC_AT, checksum(bytes));
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(0).limit(CRC_AT));
    crc.update(bytes.duplicate().limit(bytes.capacity()).position(PREFIX_BYTES));
    return (int) crc.getValue();
  }

  private ThermoclineException damaged(String how) {
    return new ThermoclineException(ErrorKind.CORRUPT, file + " is damaged: " + how);
  }
}
