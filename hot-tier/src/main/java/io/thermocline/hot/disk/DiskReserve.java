package io.thermocline.hot.disk;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the disk that appends must leave free: it belongs to checkpoints, the catalog and
 * tiering, which are what frees space. Looked at again after each so many bytes written, and by the
 * clock. Thread-safe.
 */
public final class DiskReserve {
  private static final Logger LOG = LoggerFactory.getLogger(DiskReserve.class);
  private static final long LOOK_EVERY_BYTES = 16L << 20;

  private final Disk disk;
  private final Path directory;
  private final long minFreeBytes;
  private final AtomicLong sinceLook = new AtomicLong();
  private volatile long freeBytes = Long.MAX_VALUE;

  /**
   * @param minFreeBytes that appends leave free
   */
  public DiskReserve(Disk disk, Path directory, long minFreeBytes) {
    this.disk = disk;
    this.directory = directory;
    this.minFreeBytes = minFreeBytes;
  }

  /** Looks at the disk. */
  public void look() {
    try {
      boolean was = isReached();
      freeBytes = disk.usableBytes(directory);
      if (was != isReached()) {
        LOG.warn(
            "Disk reserve {}: freeBytes={} minFreeBytes={}",
            was ? "is free again, appends go on" : "is reached, appends are refused",
            freeBytes,
            minFreeBytes);
      }
    } catch (IOException e) {
      LOG.warn("Free space is unknown, the last figure stands: freeBytes={}", freeBytes, e);
    }
  }

  /** Notes what was written. */
  public void written(long bytes) {
    if (sinceLook.addAndGet(bytes) >= LOOK_EVERY_BYTES) {
      sinceLook.set(0);
      look();
    }
  }

  /** Whether so many bytes more would leave the reserve alone. */
  public boolean hasRoomFor(long bytes) {
    return freeBytes - bytes >= minFreeBytes;
  }

  private boolean isReached() {
    return freeBytes < minFreeBytes;
  }

  /**
   * Refuses when the reserve is reached.
   *
   * @throws ThermoclineException {@link ErrorKind#EXHAUSTED}
   */
  public void check() {
    if (isReached()) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED,
          ("Disk reserve reached: %d bytes are free, %d are kept free. Tier and trim, or make"
                  + " room; reading goes on")
              .formatted(freeBytes, minFreeBytes));
    }
  }
}
