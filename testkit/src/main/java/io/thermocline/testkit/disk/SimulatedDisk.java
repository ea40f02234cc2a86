package io.thermocline.testkit.disk;

import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * A file system in memory that knows what would survive a power cut: a file's bytes and size once
 * it was forced, a name, its change or removal once the directory that holds it was forced; of all
 * else any part, in any order. Everything is readable at once, as the page cache makes it on a real
 * machine. Thread-safe; what it holds goes with it.
 *
 * <p>It does what the code of this house does to a disk: no symbolic links, no mapped memory, no
 * watching.
 */
public final class SimulatedDisk extends FileSystem {
  private final SimulatedProvider provider = new SimulatedProvider(this);
  private final InstantSource clock;

  /** Guards all nodes. */
  final Object lock = new Object();

  private final DiskTree tree = new DiskTree(this);
  private long lastId;
  final DirectoryNode root;
  private volatile DiskFault fault = DiskFault.NONE;
  private volatile long usableBytes = Long.MAX_VALUE;

  /**
   * An empty disk.
   *
   * @param clock gives times of modification
   */
  public SimulatedDisk(InstantSource clock) {
    this.clock = clock;
    this.root =
        new DirectoryNode(nextId(), PosixFilePermissions.fromString("rwxr-xr-x"), Instant.EPOCH);
  }

  /** What stands before each call from now on. */
  public void fault(DiskFault newFault) {
    fault = newFault;
  }

  DiskFault fault() {
    return fault;
  }

  /** How many bytes it says it has left; it takes more all the same. */
  public void usableBytes(long bytes) {
    usableBytes = bytes;
  }

  long usableBytes() {
    return usableBytes;
  }

  /** The power fails: what there is now, forced or not. The disk itself goes on. */
  public PowerCut cut() {
    synchronized (lock) {
      return PowerCut.of(this);
    }
  }

  DiskTree tree() {
    return tree;
  }

  long nextId() {
    return ++lastId;
  }

  Instant now() {
    return clock.instant();
  }

  InstantSource clock() {
    return clock;
  }

  @Override
  public Path getPath(String first, String... more) {
    return new SimulatedPath(this, Path.of(first, more));
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  /** Does nothing. */
  @Override
  public void close() {
    // Nothing is held.
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(getPath("/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of(new SimulatedStore(this));
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic", "posix");
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher ofNames = FileSystems.getDefault().getPathMatcher(syntaxAndPattern);
    return path -> ofNames.matches(Path.of(path.toString()));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException("A simulated disk has no users");
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException("Watching a simulated disk");
  }
}
