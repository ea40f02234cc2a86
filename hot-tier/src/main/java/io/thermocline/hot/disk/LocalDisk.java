package io.thermocline.hot.disk;

import io.thermocline.model.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The real file system. Must be used from threads nobody interrupts: an interrupt would close the
 * file under everybody who uses it.
 */
public final class LocalDisk implements Disk {
  /** The JDK keeps a direct buffer of the largest transfer for each thread; this bounds it. */
  private static final int MAX_TRANSFER = 256 * 1024;

  /** What is forgotten is forced once more, no harm. */
  private static final int MAX_REMEMBERED = 50_000;

  /** Directories that this process knows to be durable. */
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();

  @Override
  public DiskFile create(Path file) throws IOException {
    Set<OpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new LocalFile(channel(file, options, OwnerOnly.file(file)));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new LocalFile(channel(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)));
  }

  @Override
  public DiskFile openToRead(Path file) throws IOException {
    return new LocalFile(channel(file, Set.of(StandardOpenOption.READ)));
  }

  private static FileChannel channel(
      Path path, Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException {
    try {
      return FileChannel.open(path, options, attributes);
    } catch (NoSuchFileException | FileAlreadyExistsException hopeless) {
      throw hopeless;
    } catch (IOException e) {
      throw new NotOpenedException(path, e);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void delete(Path path) throws IOException {
    durable.remove(path);
    boolean unused = Files.deleteIfExists(path);
  }

  @Override
  public OpenDirectory openDirectory(Path directory) throws IOException {
    return new LocalDirectory(channel(directory, Set.of(StandardOpenOption.READ)));
  }

  /**
   * That a directory exists proves nothing: somebody who is about to force its name may have made
   * it, or a process that was killed before it did, and a power cut take it. So whoever uses it
   * first forces its parent, up to a directory that can't have been made here; several who are
   * first at once each do, and wait for nobody.
   */
  @Override
  public void createDirectories(Path directory) throws IOException {
    if (durable.contains(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    boolean there = Files.isDirectory(directory);
    if (parent != null && (!there || Files.isWritable(parent))) {
      createDirectories(parent);
      if (!there) {
        make(directory);
      }
      forceDirectory(parent);
    }
    if (durable.size() >= MAX_REMEMBERED) {
      durable.clear();
    }
    durable.add(directory);
  }

  private static void make(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, OwnerOnly.directory(directory));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new NotOpenedException(directory, e);
    }
  }

  @Override
  public List<Entry> list(Path directory) throws IOException {
    List<Path> paths;
    try (Stream<Path> listed = Files.list(directory)) {
      paths = listed.toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>(paths.size());
    for (Path path : paths) {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      boolean isDirectory = attributes.isDirectory();
      entries.add(new Entry(path, isDirectory, isDirectory ? 0 : attributes.size()));
    }
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public long usableBytes(Path path) throws IOException {
    FileStore store = Files.getFileStore(path);
    return store.getUsableSpace();
  }

  private record LocalDirectory(FileChannel channel) implements OpenDirectory {
    @Override
    public void force() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private record LocalFile(FileChannel channel) implements DiskFile {

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      int end = bytes.limit();
      long at = position;
      try {
        while (bytes.position() < end) {
          bytes.limit(bytes.isDirect() ? end : Math.min(end, bytes.position() + MAX_TRANSFER));
          at += channel.write(bytes, at);
        }
      } finally {
        bytes.limit(end);
      }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int end = into.limit();
      int start = into.position();
      try {
        while (into.position() < end) {
          into.limit(into.isDirect() ? end : Math.min(end, into.position() + MAX_TRANSFER));
          if (channel.read(into, position + into.position() - start) < 0) {
            break;
          }
        }
      } finally {
        into.limit(end);
      }
      return into.position() - start;
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void truncate(long size) throws IOException {
      FileChannel unused = channel.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
