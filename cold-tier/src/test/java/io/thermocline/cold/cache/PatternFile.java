package io.thermocline.cold.cache;

import io.thermocline.cold.parquet.RangeSource;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Await;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A file of random bytes that notes its requests, holds them back, or refuses them. */
final class PatternFile implements RangeSource {
  private final String location;
  private final byte[] bytes;
  final List<Long> lengths = new CopyOnWriteArrayList<>();
  final AtomicInteger refusals = new AtomicInteger();

  /** Told of the arrays that are filled. */
  volatile Consumer<byte[]> filled = array -> {};

  volatile CountDownLatch gate = new CountDownLatch(0);

  PatternFile(String location, int length, long seed) {
    this.location = location;
    this.bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public void readBlocks(long position, byte[][] targets, int length) {
    asked(length);
    for (int i = 0; i * BlockCache.BLOCK_BYTES < length; i++) {
      int start = i * BlockCache.BLOCK_BYTES;
      int count = Math.min(BlockCache.BLOCK_BYTES, length - start);
      filled.accept(targets[i]);
      System.arraycopy(bytes, (int) position + start, targets[i], 0, count);
    }
  }

  @Override
  public void readFully(long position, byte[] target, int offset, int length) {
    asked(length);
    System.arraycopy(bytes, (int) position, target, offset, length);
  }

  private void asked(int length) {
    lengths.add((long) length);
    try {
      if (!gate.await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("The gate was never opened");
      }
    } catch (InterruptedException e) {
      throw new AssertionError("A fetch was interrupted", e);
    }
    if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "refused");
    }
  }
}
