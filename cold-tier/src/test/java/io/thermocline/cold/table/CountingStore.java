package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.store.ObjectInfo;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.cold.store.PutOutcome;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A store that notes the reads of data files, by their number of bytes. */
final class CountingStore implements ObjectStore {
  private final ObjectStore real;
  final List<Integer> reads = new CopyOnWriteArrayList<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile Predicate<String> held = key -> false;

  CountingStore(ObjectStore real) {
    this.real = real;
  }

  @Override
  public int read(String key, long from, ByteBuffer into) {
    if (key.endsWith(".parquet")) {
      reads.add(into.remaining());
    }
    if (held.test(key)) {
      awaitRelease();
    }
    return real.read(key, from, into);
  }

  /** Reads of these files wait until they are released. */
  void hold(Predicate<String> keys) {
    held = keys;
  }

  void release() {
    released.countDown();
  }

  private void awaitRelease() {
    try {
      assertThat(released.await(1, TimeUnit.MINUTES)).as("released").isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void put(String key, byte[] bytes) {
    real.put(key, bytes);
  }

  @Override
  public PutOutcome putIfAbsent(String key, byte[] bytes) {
    return real.putIfAbsent(key, bytes);
  }

  @Override
  public void upload(String key, Path file) {
    real.upload(key, file);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return real.head(key);
  }

  @Override
  public void delete(String key) {
    real.delete(key);
  }

  @Override
  public void deleteAll(Collection<String> keys) {
    real.deleteAll(keys);
  }

  @Override
  public void list(String prefix, Predicate<ObjectInfo> visitor) {
    real.list(prefix, visitor);
  }

  @Override
  public int abortUploads(String prefix, Instant begunBefore) {
    return real.abortUploads(prefix, begunBefore);
  }

  @Override
  public Optional<Path> localPath(String key) {
    return real.localPath(key);
  }

  @Override
  public String location(String key) {
    return real.location(key);
  }

  @Override
  public Optional<String> keyOf(String location) {
    return real.keyOf(location);
  }

  @Override
  public void close() {
    real.close();
  }
}
