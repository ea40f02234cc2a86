package io.thermocline.cold.table;

import io.thermocline.cold.parquet.RangeSource;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/**
 * What another writer laid out, read by ranges from a local copy in our layout. The copy is made
 * when it is not there, again if it had to make room meanwhile: it is the same, byte for byte.
 */
record CopiedRange(LocalCopies copies, ForeignPiece piece) implements RangeSource {
  @Override
  public String location() {
    return piece.id();
  }

  @Override
  public long length() {
    try (ColdTier.LocalFile copy = copies.of(piece)) {
      return Files.size(copy.path());
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int count) {
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, count);
    try (ColdTier.LocalFile copy = copies.of(piece);
        FileChannel channel = FileChannel.open(copy.path(), StandardOpenOption.READ)) {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position() - offset) < 0) {
          throw new EOFException("it ends before " + (position + count));
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private ThermoclineException failed(IOException e) {
    return new ThermoclineException(
        ErrorKind.TRANSIENT, "Reading the copy of %s failed: %s".formatted(piece.id(), e), e);
  }
}
