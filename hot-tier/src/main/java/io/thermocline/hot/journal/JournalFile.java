package io.thermocline.hot.journal;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.FormatMark;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One of the two files that take turns. Its first block is written once:
 *
 * <pre>
 *   0  magic "TCJ"            3 bytes
 *   3  version                1        1
 *   4  CRC32C                 4        over bytes 0 to 3 and 8 to 15
 *   8  id                     8        random; no two files have the same
 *  16  zeros
 * </pre>
 *
 * Then come {@link Frame frames}, from front to back, and, when all of them are durable elsewhere,
 * from the front again. Not thread-safe, but for {@link #write}.
 */
final class JournalFile {
  private static final int ZEROS_BYTES = 1 << 20;
  private static final int HEADER_BYTES = 16;
  private static final FormatMark MARK = FormatMark.of("TCJ", 1);

  private final DiskFile file;
  private final long id;
  private final long capacity;

  /** Where the next frame goes; a multiple of a block. */
  private long position = Frame.BLOCK_BYTES;

  /** Whose bytes lie before {@link #position}, in the order they came. */
  private final Set<JournalUser> users = new LinkedHashSet<>();

  private JournalFile(DiskFile file, long id, long capacity) {
    this.file = file;
    this.id = id;
    this.capacity = capacity;
  }

  /** Makes a file whose blocks are all there, so that a force of it has nothing else to do. */
  static JournalFile make(Disk disk, Path path, long capacity) throws IOException {
    disk.delete(path);
    DiskFile file = disk.create(path);
    try {
      ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
      for (long at = 0; at < capacity; at += zeros.limit()) {
        zeros.clear().limit((int) Math.min(ZEROS_BYTES, capacity - at));
        file.write(zeros, at);
      }
      long id = UUID.randomUUID().getMostSignificantBits();
      file.write(header(id), 0);
      file.force();
      return new JournalFile(file, id, capacity);
    } catch (IOException | RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private static ByteBuffer header(long id) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).putInt(MARK.stored()).putInt(0);
    header.putLong(id).flip();
    return header.putInt(Integer.BYTES, checksum(header));
  }

  private static int checksum(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().limit(Integer.BYTES));
    crc.update(header.duplicate().position(2 * Integer.BYTES));
    return (int) crc.getValue();
  }

  /**
   * The id of a file that was left by a crash.
   *
   * @return empty when the file was not finished, and so never used
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it is damaged, {@link
   *     ErrorKind#FAILED_PRECONDITION} when a newer version wrote it
   */
  static OptionalLong idOf(DiskFile file, Path path) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    int read = file.read(header, 0);
    header.clear();
    if (read < HEADER_BYTES || header.equals(ByteBuffer.allocate(HEADER_BYTES))) {
      return OptionalLong.empty();
    }
    if (!MARK.isAt(header, 0) || header.getInt(Integer.BYTES) != checksum(header)) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          ("%s is damaged: it does not begin as a journal does. It may hold records that were"
                  + " acknowledged just before the last stop. Mend it, or move it away to go on"
                  + " without them")
              .formatted(path));
    }
    if (MARK.isNewerAt(header, 0)) {
      throw MARK.newer(path, header, 0);
    }
    return OptionalLong.of(header.getLong(2 * Integer.BYTES));
  }

  /** Whether it begins as a journal file, of any version. */
  static boolean isOne(DiskFile file) throws IOException {
    ByteBuffer mark = ByteBuffer.allocate(FormatMark.BYTES);
    return file.read(mark, 0) == FormatMark.BYTES && MARK.isAt(mark, 0);
  }

  /** Whose frames are its frames. */
  long id() {
    return id;
  }

  /** Bytes that fit in yet. */
  long room() {
    return capacity - position;
  }

  boolean isEmpty() {
    return position == Frame.BLOCK_BYTES;
  }

  /**
   * Gives away the place of the next frame.
   *
   * @return its position
   */
  long take(long bytes) {
    long at = position;
    position += Frame.padded(bytes);
    return at;
  }

  void usedBy(JournalUser user) {
    users.add(user);
  }

  Set<JournalUser> users() {
    return users;
  }

  /** All in it is durable elsewhere. */
  void recycle() {
    position = Frame.BLOCK_BYTES;
    users.clear();
  }

  /** Writes and forces a frame. */
  void write(ByteBuffer frame, long at) throws IOException {
    file.write(frame, at);
    file.force();
  }

  void close() throws IOException {
    file.close();
  }
}
