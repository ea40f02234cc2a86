package io.thermocline.hot.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Puts a new content in a file's place, in one step and durably: it is written beside the file and
 * forced, takes its name, and that is forced. A crash leaves the old content or the new one.
 */
public final class Replacement {
  private Replacement() {}

  /** Writes a content to an empty file. */
  public interface Content {
    void writeTo(DiskFile fresh) throws IOException;
  }

  /** The new content may or may not be in place after a crash. */
  public static final class UnknownOutcomeException extends IOException {
    private static final long serialVersionUID = 1L;

    UnknownOutcomeException(IOException cause) {
      super(cause);
    }
  }

  /**
   * Gives a file, which need not be there, a new content.
   *
   * @return the file, open to read and write; the caller closes it
   * @throws UnknownOutcomeException when nobody knows which content a crash would leave; after any
   *     other exception the old one stands, and the same may be tried again
   */
  public static DiskFile of(Disk disk, Path file, Content content) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    disk.delete(beside);
    DiskFile fresh = disk.create(beside);
    try {
      content.writeTo(fresh);
      fresh.force();
      takePlace(disk, beside, file);
      return fresh;
    } catch (IOException | RuntimeException | Error e) {
      closeQuietly(fresh, e);
      throw e;
    }
  }

  private static void takePlace(Disk disk, Path fresh, Path file) throws IOException {
    try {
      disk.rename(fresh, file);
      disk.forceDirectory(file.getParent());
    } catch (IOException e) {
      throw new UnknownOutcomeException(e);
    }
  }

  private static void closeQuietly(DiskFile file, Throwable failure) {
    try {
      file.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
