package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A data file on local disk, as it was just written. */
final class LocalFileSource implements RangeSource, AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final long length;

  LocalFileSource(Path path) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path, StandardOpenOption.READ);
    this.length = channel.size();
  }

  @Override
  public String location() {
    return path.toString();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int count) {
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, count);
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position() - offset) < 0) {
          throw Damage.of(location(), "it ends before " + (position + count));
        }
      }
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT, "Reading %s failed: %s".formatted(path, e), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
