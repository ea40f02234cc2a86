package io.thermocline.cold.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What all stores have in common: keys are checked, work is bounded and measured. */
final class BoundedObjectStore implements ObjectStore {
  private final ObjectStore store;
  private final Duration patience;
  private final Semaphore reads;
  private final Semaphore writes;
  private final StoreMetrics metrics;
  private volatile boolean closed;

  BoundedObjectStore(ObjectStore store, StoreSettings settings, MeterRegistry registry) {
    this.store = store;
    this.patience = settings.requestTimeout();
    this.reads = new Semaphore(settings.concurrentReads(), true);
    this.writes = new Semaphore(settings.concurrentWrites(), true);
    this.metrics = new StoreMetrics(registry);
  }

  @Override
  public void put(String key, byte[] bytes) {
    ObjectKeys.check(key);
    run("put", writes, () -> store.put(key, bytes));
    metrics.moved("put", bytes.length);
  }

  @Override
  public PutOutcome putIfAbsent(String key, byte[] bytes) {
    ObjectKeys.check(key);
    PutOutcome outcome = call("put_if_absent", writes, () -> store.putIfAbsent(key, bytes));
    metrics.moved("put_if_absent", outcome == PutOutcome.WRITTEN ? bytes.length : 0);
    return outcome;
  }

  @Override
  public void upload(String key, Path file) {
    ObjectKeys.check(key);
    long size = size(file);
    run("upload", writes, () -> store.upload(key, file));
    metrics.moved("upload", size);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Can't read the file to upload: " + LocalFailures.reason(e), e);
    }
  }

  @Override
  public int read(String key, long from, ByteBuffer... into) {
    ObjectKeys.check(key);
    if (from < 0) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Can't read from byte %d of %s".formatted(from, location(key)));
    }
    int got = call("read", reads, () -> store.read(key, from, into));
    metrics.moved("read", got);
    return got;
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    ObjectKeys.check(key);
    return call("head", reads, () -> store.head(key));
  }

  @Override
  public void delete(String key) {
    ObjectKeys.check(key);
    run("delete", writes, () -> store.delete(key));
  }

  @Override
  public void deleteAll(Collection<String> keys) {
    keys.forEach(ObjectKeys::check);
    run("delete_all", writes, () -> store.deleteAll(keys));
  }

  @Override
  public void list(String prefix, Predicate<ObjectInfo> visitor) {
    ObjectKeys.checkPrefix(prefix);
    checkOpen();
    // Without a permit: the visitor may use the store, and would wait for its own.
    metrics.time(
        "list",
        () -> {
          store.list(prefix, visitor);
          return true;
        });
  }

  @Override
  public int abortUploads(String prefix, Instant begunBefore) {
    ObjectKeys.checkPrefix(prefix);
    return call("abort_uploads", writes, () -> store.abortUploads(prefix, begunBefore));
  }

  @Override
  public Optional<Path> localPath(String key) {
    ObjectKeys.check(key);
    return store.localPath(key);
  }

  @Override
  public String location(String key) {
    return store.location(key);
  }

  @Override
  public Optional<String> keyOf(String location) {
    return store.keyOf(location);
  }

  @Override
  public void close() {
    closed = true;
    store.close();
  }

  @Override
  public String toString() {
    return store.toString();
  }

  private void run(String operation, Semaphore permits, Runnable work) {
    boolean unused =
        call(
            operation,
            permits,
            () -> {
              work.run();
              return true;
            });
  }

  private <T> T call(String operation, Semaphore permits, Supplier<T> work) {
    return metrics.time(
        operation,
        () -> {
          acquire(operation, permits);
          try {
            checkOpen();
            return work.get();
          } finally {
            permits.release();
          }
        });
  }

  private void acquire(String operation, Semaphore permits) {
    boolean acquired;
    try {
      acquired = permits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ThermoclineException(
          ErrorKind.TRANSIENT, "Interrupted while %s waited for its turn".formatted(operation), e);
    }
    if (!acquired) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "%s waited %s for its turn at %s; other requests are too slow or too many"
              .formatted(operation, patience, store));
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION, "The store %s is closed".formatted(store));
    }
  }
}
