package io.thermocline.hot;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.OpenDirectory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A disk on which every name is that of one file with these bytes, which can only be read. */
record StoredBytes(ByteBuffer bytes) implements Disk, DiskFile {
  static StoredBytes of(byte[] bytes) {
    return new StoredBytes(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
  }

  @Override
  public DiskFile openToRead(Path file) {
    return this;
  }

  @Override
  public boolean exists(Path path) {
    return true;
  }

  @Override
  public int read(ByteBuffer into, long position) {
    if (position < 0) {
      throw new IllegalArgumentException("A read at " + position);
    }
    int count = (int) Math.max(0, Math.min(into.remaining(), bytes.limit() - position));
    if (count > 0) {
      into.put(bytes.slice((int) position, count));
    }
    return count;
  }

  @Override
  public long size() {
    return bytes.limit();
  }

  @Override
  public void close() {}

  @Override
  public List<Entry> list(Path directory) {
    throw readOnly();
  }

  @Override
  public DiskFile create(Path file) {
    throw readOnly();
  }

  @Override
  public DiskFile open(Path file) {
    throw readOnly();
  }

  @Override
  public void rename(Path from, Path to) {
    throw readOnly();
  }

  @Override
  public void delete(Path path) {
    throw readOnly();
  }

  @Override
  public OpenDirectory openDirectory(Path directory) {
    throw readOnly();
  }

  @Override
  public void createDirectories(Path directory) {
    throw readOnly();
  }

  @Override
  public long usableBytes(Path path) {
    throw readOnly();
  }

  @Override
  public void write(ByteBuffer from, long position) {
    throw readOnly();
  }

  @Override
  public void force() {
    throw readOnly();
  }

  @Override
  public void truncate(long size) {
    throw readOnly();
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("These bytes are only read");
  }
}
