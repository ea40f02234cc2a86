package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Objects as files below one directory.
 *
 * <p>A write goes to a file in {@link #SCRATCH}, is forced, gets its name by a rename or a link,
 * and then the directory is forced: a crash at any point leaves the whole object or none, and at
 * worst a scratch file, which a later start removes. Nobody but the owner of the process may read.
 */
final class LocalObjectStore implements ObjectStore {
  /** Below the root, so that names move within one file system; no key may contain it. */
  static final String SCRATCH = ".thermocline-tmp";

  /** Another process may be writing here; nothing takes it this long. */
  private static final Duration SCRATCH_SAFE_AGE = Duration.ofDays(1);

  private static final int PIECE_BYTES = 256 << 10;

  private final Path root;
  private final Forcing forcing;
  private final LocalDirectories directories;
  private final LocalScratch scratch;

  private LocalObjectStore(Path root, Path temporary, Forcing forcing) throws IOException {
    this.root = root;
    this.forcing = forcing;
    this.directories = new LocalDirectories(root, forcing);
    this.scratch = directories.using(temporary, directory -> new LocalScratch(directory, forcing));
  }

  /** Opens a directory, making it if there is none. */
  static LocalObjectStore open(Path root, InstantSource clock) {
    return open(root, clock, Forcing.DISK);
  }

  static LocalObjectStore open(Path root, InstantSource clock, Forcing forcing) {
    Path absolute = root.toAbsolutePath().normalize();
    try {
      LocalObjectStore store = new LocalObjectStore(absolute, absolute.resolve(SCRATCH), forcing);
      store.scratch.sweep(clock.instant().minus(SCRATCH_SAFE_AGE));
      return store;
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Can't use the directory %s as warehouse: %s; it must be writable by this process"
              .formatted(absolute, LocalFailures.reason(e)),
          e);
    }
  }

  /**
   * Opens a directory that is there, to look at: nothing in it is changed by that.
   *
   * @param temporary a directory elsewhere
   */
  static LocalObjectStore openToLook(Path root, Path temporary) {
    Path absolute = root.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "There is no warehouse at %s: say where it is with storage.warehouse"
              .formatted(absolute));
    }
    try {
      return new LocalObjectStore(absolute, temporary, Forcing.DISK);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Can't look at the warehouse %s: %s".formatted(absolute, LocalFailures.reason(e)),
          e);
    }
  }

  @Override
  public void put(String key, byte[] bytes) {
    replace(key, "put", () -> scratch.write(ByteBuffer.wrap(bytes)));
  }

  @Override
  public void upload(String key, Path file) {
    replace(key, "upload", () -> scratch.adopt(file));
  }

  @Override
  public PutOutcome putIfAbsent(String key, byte[] bytes) {
    Path target = path(key);
    Path temporary = prepared(key, "putIfAbsent", () -> scratch.write(ByteBuffer.wrap(bytes)));
    try {
      return directories.using(target.getParent(), directory -> link(target, temporary));
    } catch (UnsupportedOperationException e) {
      throw new ThermoclineException(
          ErrorKind.UNSUPPORTED,
          "The file system of %s has no hard links, so nothing can be claimed there; use another one"
              .formatted(root),
          e);
    } catch (IOException e) {
      throw LocalFailures.afterNaming("putIfAbsent", location(key), e);
    } finally {
      scratch.remove(temporary);
    }
  }

  private PutOutcome link(Path target, Path temporary) throws IOException {
    PutOutcome outcome;
    try {
      Files.createLink(target, temporary);
      outcome = PutOutcome.WRITTEN;
    } catch (FileAlreadyExistsException e) {
      outcome = PutOutcome.EXISTS;
    }
    // Also for the loser: what it was told must still be true after a power cut.
    forcing.directory(target.getParent());
    return outcome;
  }

  @Override
  public int read(String key, long from, ByteBuffer... into) {
    try (FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ)) {
      int filled = 0;
      for (ByteBuffer buffer : into) {
        filled += fill(buffer, channel, from + filled);
      }
      return filled;
    } catch (IOException e) {
      throw LocalFailures.withoutEffect("read", location(key), e);
    }
  }

  private static int fill(ByteBuffer into, FileChannel channel, long from) throws IOException {
    int start = into.position();
    int end = into.limit();
    try {
      int got = 0;
      while (into.position() < end && got >= 0) {
        // In pieces: for an array as a target the channel takes as much memory outside the heap.
        into.limit(Math.min(end, into.position() + PIECE_BYTES));
        got = channel.read(into, from + into.position() - start);
      }
      return into.position() - start;
    } finally {
      into.limit(end);
    }
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    try {
      Path path = path(key);
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return found.isRegularFile() ? Optional.of(info(path, found)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw LocalFailures.withoutEffect("head", location(key), e);
    }
  }

  @Override
  public void delete(String key) {
    Path path = path(key);
    try {
      if (Files.deleteIfExists(path)) {
        directories.prune(path.getParent());
      }
    } catch (IOException e) {
      throw LocalFailures.afterNaming("delete", location(key), e);
    }
  }

  @Override
  public void deleteAll(Collection<String> keys) {
    DeleteFailures failures = new DeleteFailures();
    for (String key : keys) {
      failures.attempt(1, () -> delete(key));
    }
    failures.throwIfAny();
  }

  @Override
  public void list(String prefix, Predicate<ObjectInfo> visitor) {
    Path start = root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1)).normalize();
    if (!Files.isDirectory(start)) {
      return;
    }
    try {
      Files.walkFileTree(start, new Walk(prefix, visitor));
    } catch (IOException e) {
      throw LocalFailures.withoutEffect("list", location(prefix), e);
    }
  }

  /** Shows files; what vanishes meanwhile is passed over. */
  private final class Walk extends SimpleFileVisitor<Path> {
    private final String prefix;
    private final Predicate<ObjectInfo> visitor;

    Walk(String prefix, Predicate<ObjectInfo> visitor) {
      this.prefix = prefix;
      this.visitor = visitor;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      String name = key(directory) + "/";
      boolean root = directory.equals(LocalObjectStore.this.root);
      boolean wanted = root || name.startsWith(prefix) || prefix.startsWith(name);
      return wanted && !directory.endsWith(SCRATCH)
          ? FileVisitResult.CONTINUE
          : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      boolean wanted = attributes.isRegularFile() && key(file).startsWith(prefix);
      return !wanted || visitor.test(info(file, attributes))
          ? FileVisitResult.CONTINUE
          : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
      return e == null ? FileVisitResult.CONTINUE : visitFileFailed(directory, e);
    }
  }

  /** None are ever open: what a crash left is scratch, which a start removes. */
  @Override
  public int abortUploads(String prefix, Instant begunBefore) {
    return 0;
  }

  @Override
  public Optional<Path> localPath(String key) {
    return Optional.of(path(key));
  }

  @Override
  public String location(String key) {
    return key.isEmpty() ? "file://" + root : "file://" + root + "/" + key;
  }

  @Override
  public Optional<String> keyOf(String location) {
    String path = location.replaceFirst("^file:(//(localhost)?(?=/))?", "");
    return StoreLocations.below(root.toString(), path);
  }

  @Override
  public void close() {
    // Each call opens and closes its own files.
  }

  @Override
  public String toString() {
    return location("");
  }

  private void replace(String key, String operation, LocalFailures.Preparation preparation) {
    Path target = path(key);
    Path temporary = prepared(key, operation, preparation);
    try {
      Path unused =
          directories.using(
              target.getParent(),
              directory -> {
                Path moved =
                    Files.move(
                        temporary,
                        target,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                forcing.directory(directory);
                return moved;
              });
    } catch (IOException e) {
      throw LocalFailures.afterNaming(operation, location(key), e);
    } finally {
      // Still there after a failure, and after a rename onto another name of the same file.
      scratch.remove(temporary);
    }
  }

  private Path prepared(String key, String operation, LocalFailures.Preparation preparation) {
    try {
      return preparation.run();
    } catch (IOException e) {
      throw LocalFailures.withoutEffect(operation, location(key), e);
    }
  }

  private Path path(String key) {
    try {
      return root.resolve(key);
    } catch (InvalidPathException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "This system can't name a file '%s' (run it with a UTF-8 locale)".formatted(key),
          e);
    }
  }

  private String key(Path path) {
    return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
  }

  private ObjectInfo info(Path path, BasicFileAttributes attributes) {
    Instant modified = attributes.lastModifiedTime().toInstant();
    return new ObjectInfo(key(path), attributes.size(), modified);
  }
}
