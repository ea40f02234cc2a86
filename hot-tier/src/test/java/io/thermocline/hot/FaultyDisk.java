package io.thermocline.hot;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.disk.NotOpenedException;
import io.thermocline.hot.disk.OpenDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The real disk, with something in front of each call that changes it. Nothing is really forced: no
 * test cuts the power, and it makes them fast. Thread-safe.
 */
final class FaultyDisk implements Disk {
  enum Op {
    CREATE,
    OPEN,
    WRITE,
    FORCE,
    TRUNCATE,
    RENAME,
    DELETE,
    OPEN_DIRECTORY,
    FORCE_DIRECTORY
  }

  /** Throws to make the call fail before it does anything; may also wait. */
  interface Fault {
    void before(Op op, Path path) throws IOException;
  }

  /** Is told that a file is opened to be read; throws to make that fail. */
  interface Opening {
    void of(Path file) throws IOException;
  }

  static final Fault NONE = (op, path) -> {};

  private final LocalDisk real = new LocalDisk();
  volatile Fault fault = NONE;
  volatile Opening openedToRead = file -> {};
  volatile long usableBytes = Long.MAX_VALUE;

  /** Bytes read from any file. */
  final AtomicLong readBytes = new AtomicLong();

  /** The thread that read last. */
  volatile Thread reader;

  /** Fails every call of that kind on a file whose name ends so. */
  static Fault failing(Op kind, String nameEnd) {
    return (op, path) -> {
      if (op == kind && path.getFileName().toString().endsWith(nameEnd)) {
        throw new IOException("injected: " + op + " of " + path.getFileName());
      }
    };
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    mayOpen(Op.CREATE, file);
    return new FaultyFile(file, real.create(file));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    mayOpen(Op.OPEN, file);
    return new FaultyFile(file, real.open(file));
  }

  private void mayOpen(Op op, Path file) throws IOException {
    try {
      fault.before(op, file);
    } catch (IOException e) {
      throw new NotOpenedException(file, e);
    }
  }

  @Override
  public DiskFile openToRead(Path file) throws IOException {
    openedToRead.of(file);
    return new FaultyFile(file, real.openToRead(file));
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    fault.before(Op.RENAME, to);
    real.rename(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    fault.before(Op.DELETE, path);
    real.delete(path);
  }

  @Override
  public OpenDirectory openDirectory(Path directory) throws IOException {
    mayOpen(Op.OPEN_DIRECTORY, directory);
    return new FaultyDirectory(directory);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    real.createDirectories(directory);
  }

  @Override
  public List<Entry> list(Path directory) throws IOException {
    return real.list(directory);
  }

  @Override
  public boolean exists(Path path) {
    return real.exists(path);
  }

  @Override
  public long usableBytes(Path path) {
    return usableBytes;
  }

  private final class FaultyDirectory implements OpenDirectory {
    private final Path directory;

    FaultyDirectory(Path directory) {
      this.directory = directory;
    }

    @Override
    public void force() throws IOException {
      fault.before(Op.FORCE_DIRECTORY, directory);
    }

    @Override
    public void close() {
      // Nothing is open: names are not forced for real.
    }
  }

  private final class FaultyFile implements DiskFile {
    private final Path path;
    private final DiskFile file;

    FaultyFile(Path path, DiskFile file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      fault.before(Op.WRITE, path);
      file.write(bytes, position);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      reader = Thread.currentThread();
      int read = file.read(into, position);
      readBytes.addAndGet(read);
      return read;
    }

    @Override
    public void force() throws IOException {
      fault.before(Op.FORCE, path);
    }

    @Override
    public void truncate(long size) throws IOException {
      fault.before(Op.TRUNCATE, path);
      file.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
