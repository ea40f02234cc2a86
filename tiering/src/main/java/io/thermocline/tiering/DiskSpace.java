package io.thermocline.tiering;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Tells when the disk is about to be full: when less than a reserve and a quarter of it is free, so
 * that tiering makes room before produce is refused at the reserve itself.
 */
public final class DiskSpace implements BooleanSupplier {
  private final FileStore store;
  private final long wanted;

  private DiskSpace(FileStore store, long wanted) {
    this.store = store;
    this.wanted = wanted;
  }

  /**
   * The disk that holds {@code directory}.
   *
   * @param minFree at which produce is refused, in bytes
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when the directory can't be
   *     looked at
   */
  public static DiskSpace of(Path directory, long minFree) {
    try {
      return new DiskSpace(Files.getFileStore(directory), minFree + minFree / 4);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION, "Can't tell the free space of " + directory, e);
    }
  }

  /**
   * Whether room is to be made.
   *
   * @throws ThermoclineException {@link ErrorKind#TRANSIENT} when the disk does not answer
   */
  @Override
  public boolean getAsBoolean() {
    try {
      return store.getUsableSpace() < wanted;
    } catch (IOException e) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Can't tell the free space", e);
    }
  }
}
