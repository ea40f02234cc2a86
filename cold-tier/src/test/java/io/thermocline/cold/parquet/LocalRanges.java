package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A file in memory, with its requests counted. */
final class LocalRanges implements RangeSource {
  private final byte[] bytes;
  final AtomicInteger requests = new AtomicInteger();
  final AtomicLong requestedBytes = new AtomicLong();

  LocalRanges(byte[] bytes) {
    this.bytes = bytes;
  }

  static LocalRanges of(Path path) {
    try {
      return new LocalRanges(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) {
    if (position < 0 || position + length > bytes.length) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT, "no " + length + " bytes at " + position + " of " + bytes.length);
    }
    requests.incrementAndGet();
    requestedBytes.addAndGet(length);
    ByteBuffer.wrap(bytes).position((int) position).get(target, offset, length);
  }
}
