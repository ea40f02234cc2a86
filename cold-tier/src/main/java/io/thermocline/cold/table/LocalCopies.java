package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.parquet.DataFileSettings;
import io.thermocline.cold.store.LocalFailures;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OwnerOnly;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Data files as local files. In a directory store they are local already; others are brought into a
 * directory of ours, which is bounded: the copies that were not used longest go first, those in use
 * never. What other writers laid out is copied into our layout, wherever it lies. Thread-safe.
 */
final class LocalCopies {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCopies.class);
  private static final int TRANSFER_BYTES = 4 << 20;

  private final ObjectStore store;
  private final Path directory;
  private final long maxBytes;
  private final ForeignFiles foreign;
  private final ColdMetrics metrics;

  /** Least recently used first. Guarded by this, as are the copies' use counts. */
  private final Map<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);

  private long reservedBytes;
  private long numberOfCopies;

  /** A copy that is complete or on its way. */
  private static final class Copy {
    final Path path;

    /** Guarded by the copies. */
    long bytes;

    final ReentrantLock transfer = new ReentrantLock();
    int users;

    /** Written under the transfer lock. */
    boolean complete;

    Copy(Path path, long bytes) {
      this.path = path;
      this.bytes = bytes;
    }
  }

  /**
   * @param directory for copies; what an earlier process left there is removed
   * @param maxBytes how much they may take together
   * @param foreign what other writers laid out is copied by
   */
  LocalCopies(
      ObjectStore store, Path directory, long maxBytes, ForeignFiles foreign, ColdMetrics metrics) {
    this.store = store;
    this.foreign = foreign;
    this.directory = ScratchDirectory.emptied(directory);
    this.maxBytes = maxBytes;
    this.metrics = metrics;
  }

  /** The file on local disk; see {@link ColdTier#local}. */
  ColdTier.LocalFile of(ColdFile file) {
    if (file instanceof ForeignPiece piece) {
      return held(piece.id(), piece.span().bytes(), path -> convert(piece, path));
    }
    String key = store.requireKeyOf(file.location());
    Optional<Path> stored = store.localPath(key);
    if (stored.isPresent()) {
      requireThere(stored.get());
      return new InUse(stored.get(), () -> {});
    }
    long bytes = file.span().bytes();
    return held(key, bytes, path -> transfer(key, path, bytes));
  }

  private ColdTier.LocalFile held(String key, long bytes, Consumer<Path> make) {
    Copy copy = reserve(key, bytes);
    try {
      complete(copy, make);
    } catch (RuntimeException e) {
      release(key, copy);
      throw e;
    }
    return new InUse(copy.path, () -> release(key, copy));
  }

  /** What another writer laid out, in our layout. */
  private void convert(ForeignPiece piece, Path target) {
    try {
      Files.deleteIfExists(target);
    } catch (IOException e) {
      throw LocalFailures.ofScratch("delete", target, e);
    }
    if (foreign
        .copy(piece.partitionId(), piece.part(), DataFileSettings.of(Compression.ZSTD), target)
        .isEmpty()) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "%s should have %d records, and has none".formatted(piece.id(), piece.rows()));
    }
  }

  private static void requireThere(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT, "Data file %s is in the table, but not there".formatted(path));
    }
  }

  /** Counts the caller as a user of the copy, and makes room for a new one. */
  private synchronized Copy reserve(String key, long bytes) {
    Copy copy = copies.get(key);
    if (copy == null) {
      makeRoom(bytes);
      copy = new Copy(directory.resolve("%d.parquet".formatted(numberOfCopies++)), bytes);
      copies.put(key, copy);
      reservedBytes += bytes;
    }
    copy.users++;
    return copy;
  }

  private void makeRoom(long bytes) {
    Iterator<Copy> leastUsed = copies.values().iterator();
    while (reservedBytes + bytes > maxBytes && leastUsed.hasNext()) {
      Copy copy = leastUsed.next();
      if (copy.users == 0) {
        leastUsed.remove();
        drop(copy);
      }
    }
    if (reservedBytes + bytes > maxBytes) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "No room for %d bytes: local copies in use take %d of %d bytes; wait, or allow more"
              .formatted(bytes, reservedBytes, maxBytes));
    }
  }

  private void drop(Copy copy) {
    reservedBytes -= copy.bytes;
    try {
      Files.deleteIfExists(copy.path);
    } catch (IOException e) {
      // The next start empties the directory.
      LOG.warn("local copy stays path={} error={}", copy.path, e.toString());
    }
  }

  /** Transfers the file unless it is there; of several callers one does, the others wait. */
  private void complete(Copy copy, Consumer<Path> make) {
    copy.transfer.lock();
    try {
      metrics.cache(ColdMetrics.CacheName.LOCAL, copy.complete);
      if (!copy.complete) {
        make.accept(copy.path);
        resize(copy);
        copy.complete = true;
      }
    } finally {
      copy.transfer.unlock();
    }
  }

  /** What was made anew may be larger than was thought, or smaller. */
  private synchronized void resize(Copy copy) {
    long actual;
    try {
      actual = Files.size(copy.path);
    } catch (IOException e) {
      throw LocalFailures.ofScratch("stat", copy.path, e);
    }
    reservedBytes += actual - copy.bytes;
    copy.bytes = actual;
  }

  private void transfer(String key, Path path, long bytes) {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(TRANSFER_BYTES, bytes));
    try (FileChannel out =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
            OwnerOnly.file(path))) {
      long position = 0;
      while (position < bytes) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - position));
        store.readFully(key, position, buffer);
        buffer.flip();
        position += buffer.remaining();
        while (buffer.hasRemaining()) {
          int written = out.write(buffer);
          if (written < 0) {
            throw new IOException("Nothing could be written");
          }
        }
      }
    } catch (IOException e) {
      throw LocalFailures.ofScratch("write", path, e);
    }
  }

  private synchronized void release(String key, Copy copy) {
    copy.users--;
    if (copy.users == 0 && !isComplete(copy) && copies.remove(key, copy)) {
      drop(copy);
    }
  }

  private static boolean isComplete(Copy copy) {
    copy.transfer.lock();
    try {
      return copy.complete;
    } finally {
      copy.transfer.unlock();
    }
  }

  /** Closing it twice lets go once. */
  private static final class InUse implements ColdTier.LocalFile {
    private final Path path;
    private Runnable release;

    InUse(Path path, Runnable release) {
      this.path = path;
      this.release = release;
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public synchronized void close() {
      Runnable once = release;
      release = () -> {};
      once.run();
    }
  }
}
