package io.thermocline.hot.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file or directory could not be opened or made: there are too few file descriptors, or there is
 * no space for a name. Nothing was done, and the same may succeed later.
 */
public final class NotOpenedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** {@code path} could not be, for {@code cause}. */
  public NotOpenedException(Path path, IOException cause) {
    super("%s could not be opened: %s".formatted(path, cause.getMessage()), cause);
  }
}
