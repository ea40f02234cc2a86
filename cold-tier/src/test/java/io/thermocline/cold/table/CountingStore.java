package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.store.ForwardingObjectStore;
import io.thermocline.cold.store.ObjectInfo;
import io.thermocline.cold.store.ObjectStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A store that notes what is asked about data files: reads by their number of bytes, else 0. */
final class CountingStore extends ForwardingObjectStore {
  final List<Integer> reads = new CopyOnWriteArrayList<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile Predicate<String> held = key -> false;

  CountingStore(ObjectStore real) {
    super(real);
  }

  @Override
  public int read(String key, long from, ByteBuffer... into) {
    if (key.endsWith(".parquet")) {
      reads.add(Arrays.stream(into).mapToInt(ByteBuffer::remaining).sum());
    }
    if (held.test(key)) {
      awaitRelease();
    }
    return super.read(key, from, into);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    if (key.endsWith(".parquet")) {
      reads.add(0);
    }
    return super.head(key);
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
}
