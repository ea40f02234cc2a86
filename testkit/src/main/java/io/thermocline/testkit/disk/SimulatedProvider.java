package io.thermocline.testkit.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls of {@code java.nio.file.Files} on a {@link SimulatedDisk}. */
final class SimulatedProvider extends FileSystemProvider {
  static final String SCHEME = "simulated";

  private final SimulatedDisk disk;

  SimulatedProvider(SimulatedDisk disk) {
    this.disk = disk;
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
    throw new UnsupportedOperationException("Make a SimulatedDisk");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return disk;
  }

  @Override
  public Path getPath(URI uri) {
    return disk.getPath(uri.getPath());
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    SimulatedPath file = SimulatedPath.of(path);
    boolean append = options.contains(StandardOpenOption.APPEND);
    boolean write = append || options.contains(StandardOpenOption.WRITE);
    boolean read = !write || options.contains(StandardOpenOption.READ);
    DiskNode node = open(file, options, write, attributes);
    SimulatedChannel channel = new SimulatedChannel(disk, file, node, read, write, append);
    if (write && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      FileChannel unused = channel.truncate(0);
    }
    return channel;
  }

  private DiskNode open(
      SimulatedPath file,
      Set<? extends OpenOption> options,
      boolean write,
      FileAttribute<?>... attributes)
      throws IOException {
    boolean isNew = options.contains(StandardOpenOption.CREATE_NEW);
    boolean makes = write && (isNew || options.contains(StandardOpenOption.CREATE));
    boolean there;
    synchronized (disk.lock) {
      there = disk.tree().find(file) != null;
    }
    disk.fault().before(makes && !there ? DiskOp.CREATE : DiskOp.OPEN, file);
    synchronized (disk.lock) {
      DiskNode node = disk.tree().find(file);
      if (node != null && isNew) {
        throw new FileAlreadyExistsException(file.toString());
      }
      if (node == null && makes) {
        return disk.tree().create(file, permissions("rw-r--r--", attributes));
      }
      if (node instanceof DirectoryNode && write) {
        throw new FileSystemException(file.toString(), null, "Is a directory");
      }
      return disk.tree().require(file);
    }
  }

  private static Set<PosixFilePermission> permissions(
      String otherwise, FileAttribute<?>... attributes) {
    Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(otherwise);
    for (FileAttribute<?> attribute : attributes) {
      if (!attribute.name().equals("posix:permissions")) {
        throw new UnsupportedOperationException("Attribute " + attribute.name());
      }
      permissions = new HashSet<>();
      for (Object permission : (Set<?>) attribute.value()) {
        permissions.add((PosixFilePermission) permission);
      }
    }
    return Set.copyOf(permissions);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> accepted = new ArrayList<>();
    List<Path> all;
    synchronized (disk.lock) {
      all = disk.tree().list(SimulatedPath.of(directory));
    }
    for (Path path : all) {
      if (filter.accept(path)) {
        accepted.add(path);
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return accepted.iterator();
      }

      @Override
      public void close() {
        // All was read at once.
      }
    };
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    disk.fault().before(DiskOp.CREATE_DIRECTORY, directory);
    synchronized (disk.lock) {
      disk.tree()
          .createDirectory(SimulatedPath.of(directory), permissions("rwxr-xr-x", attributes));
    }
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    disk.fault().before(DiskOp.LINK, link);
    synchronized (disk.lock) {
      disk.tree().link(SimulatedPath.of(link), SimulatedPath.of(existing));
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    synchronized (disk.lock) {
      DiskNode unused = disk.tree().require(SimulatedPath.of(path));
    }
    disk.fault().before(DiskOp.DELETE, path);
    synchronized (disk.lock) {
      disk.tree().delete(SimulatedPath.of(path));
    }
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Set<CopyOption> asked = Set.of(options);
    boolean replaces =
        asked.contains(StandardCopyOption.REPLACE_EXISTING)
            || asked.contains(StandardCopyOption.ATOMIC_MOVE);
    disk.fault().before(DiskOp.RENAME, target);
    synchronized (disk.lock) {
      if (!replaces && disk.tree().find(SimulatedPath.of(target)) != null) {
        throw new FileAlreadyExistsException(target.toString());
      }
      disk.tree().rename(SimulatedPath.of(source), SimulatedPath.of(target));
    }
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    Set<OpenOption> how =
        Set.of(options).contains(StandardCopyOption.REPLACE_EXISTING)
            ? Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)
            : Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (readAttributes(source, BasicFileAttributes.class).isDirectory()) {
      throw new FileSystemException(source.toString(), target.toString(), "Is a directory");
    }
    try (FileChannel from = newFileChannel(source, Set.of(StandardOpenOption.READ));
        FileChannel to = newFileChannel(target, how)) {
      ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(from.size()));
      int unused = from.read(all, 0);
      int unusedCount = to.write(all.flip(), 0);
    }
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    synchronized (disk.lock) {
      return disk.tree().require(SimulatedPath.of(one))
          == disk.tree().require(SimulatedPath.of(other));
    }
  }

  @Override
  public boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) {
    return new SimulatedStore(disk);
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    synchronized (disk.lock) {
      DiskNode unused = disk.tree().require(SimulatedPath.of(path));
    }
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    String name = type.getSimpleName().startsWith("Posix") ? "posix" : "basic";
    return SimulatedAttributes.isView(type)
        ? type.cast(new SimulatedAttributes.View(SimulatedPath.of(path), name))
        : null;
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
      throw new UnsupportedOperationException(type.getName());
    }
    synchronized (disk.lock) {
      return type.cast(SimulatedAttributes.of(disk.tree().require(SimulatedPath.of(path))));
    }
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    SimulatedAttributes found =
        (SimulatedAttributes) readAttributes(path, BasicFileAttributes.class);
    Map<String, Object> all =
        Map.of(
            "size", found.size(),
            "fileKey", found.fileKey(),
            "lastModifiedTime", found.lastModifiedTime(),
            "permissions", found.permissions());
    String name = attributes.substring(attributes.indexOf(':') + 1);
    if (!all.containsKey(name)) {
      throw new UnsupportedOperationException("Attributes " + attributes);
    }
    return Map.of(name, all.get(name));
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    synchronized (disk.lock) {
      DiskNode node = disk.tree().find(SimulatedPath.of(path));
      if (node == null) {
        throw new NoSuchFileException(path.toString());
      }
      if (!attribute.endsWith("lastModifiedTime")) {
        throw new UnsupportedOperationException("Attribute " + attribute);
      }
      node.modified = ((FileTime) value).toInstant();
    }
  }
}
