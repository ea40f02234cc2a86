package io.thermocline.testkit.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;

/** An open file of a {@link SimulatedDisk}, or a directory that is opened to force it. */
final class SimulatedChannel extends FileChannel {
  private final SimulatedDisk disk;
  private final SimulatedPath path;
  private final DiskNode node;
  private final boolean reads;
  private final boolean writes;
  private final boolean appends;
  private long position;
  private Held held;

  SimulatedChannel(
      SimulatedDisk disk,
      SimulatedPath path,
      DiskNode node,
      boolean reads,
      boolean writes,
      boolean appends) {
    this.disk = disk;
    this.path = path;
    this.node = node;
    this.reads = reads;
    this.writes = writes;
    this.appends = appends;
  }

  private FileNode file() throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    if (node instanceof FileNode file) {
      return file;
    }
    throw new FileSystemException(path.toString(), null, "Is a directory");
  }

  private FileNode toRead() throws IOException {
    if (!reads) {
      throw new NonReadableChannelException();
    }
    return file();
  }

  private FileNode toWrite() throws IOException {
    if (!writes) {
      throw new NonWritableChannelException();
    }
    return file();
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    synchronized (disk.lock) {
      int read = toRead().read(into, position);
      position += Math.max(0, read);
      return read;
    }
  }

  @Override
  public int read(ByteBuffer into, long at) throws IOException {
    synchronized (disk.lock) {
      return toRead().read(into, at);
    }
  }

  @Override
  public long read(ByteBuffer[] into, int from, int length) throws IOException {
    long all = 0;
    for (int i = from; i < from + length; i++) {
      while (into[i].hasRemaining()) {
        int read = read(into[i]);
        if (read < 0) {
          return all == 0 ? -1 : all;
        }
        all += read;
      }
    }
    return all;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    disk.fault().before(DiskOp.WRITE, path);
    synchronized (disk.lock) {
      long at = appends ? toWrite().size : position;
      int written = put(bytes, at);
      position = at + written;
      return written;
    }
  }

  @Override
  public int write(ByteBuffer bytes, long at) throws IOException {
    disk.fault().before(DiskOp.WRITE, path);
    synchronized (disk.lock) {
      return put(bytes, at);
    }
  }

  private int put(ByteBuffer bytes, long at) throws IOException {
    int count = bytes.remaining();
    FileNode file = toWrite();
    file.write(bytes, at);
    file.modified = disk.now();
    return count;
  }

  @Override
  public long write(ByteBuffer[] bytes, int from, int length) throws IOException {
    long all = 0;
    for (int i = from; i < from + length; i++) {
      all += write(bytes[i]);
    }
    return all;
  }

  @Override
  public long position() throws IOException {
    synchronized (disk.lock) {
      FileNode unused = file();
      return position;
    }
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    synchronized (disk.lock) {
      FileNode unused = file();
      position = newPosition;
      return this;
    }
  }

  @Override
  public long size() throws IOException {
    synchronized (disk.lock) {
      return file().size;
    }
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    disk.fault().before(DiskOp.TRUNCATE, path);
    synchronized (disk.lock) {
      FileNode file = toWrite();
      file.truncate(size);
      file.modified = disk.now();
      position = Math.min(position, size);
      return this;
    }
  }

  @Override
  public void force(boolean metaData) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    try {
      disk.fault().before(node instanceof FileNode ? DiskOp.FORCE : DiskOp.FORCE_DIRECTORY, path);
    } catch (IOException e) {
      synchronized (disk.lock) {
        if (node instanceof FileNode file) {
          file.failForce();
        }
      }
      throw e;
    }
    synchronized (disk.lock) {
      if (node instanceof FileNode file) {
        file.force();
      } else if (node instanceof DirectoryNode directory) {
        directory.force();
      }
    }
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(count, Math.max(0, size() - at)));
    int unused = read(piece, at);
    return target.write(piece.flip());
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(count, 1 << 20));
    int read = source.read(piece);
    return read <= 0 ? 0 : write(piece.flip(), at);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long size) {
    throw new UnsupportedOperationException("Mapping a file of a simulated disk");
  }

  @Override
  public FileLock lock(long from, long size, boolean shared) throws IOException {
    return tryLock(from, size, shared);
  }

  @Override
  public FileLock tryLock(long from, long size, boolean shared) throws IOException {
    synchronized (disk.lock) {
      FileNode file = file();
      if (file.locked) {
        throw new OverlappingFileLockException();
      }
      file.locked = true;
      held = new Held(this, file);
      return held;
    }
  }

  @Override
  protected void implCloseChannel() {
    synchronized (disk.lock) {
      if (held != null) {
        held.release();
      }
    }
  }

  /** A lock on a whole file. */
  private static final class Held extends FileLock {
    private final FileNode file;
    private boolean valid = true;

    Held(SimulatedChannel channel, FileNode file) {
      super(channel, 0, Long.MAX_VALUE, false);
      this.file = file;
    }

    @Override
    public boolean isValid() {
      return valid;
    }

    @Override
    public void release() {
      if (valid) {
        valid = false;
        file.locked = false;
      }
    }
  }
}
