package io.thermocline.cold.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/** Another store, but for what a subclass makes of some of its calls. */
public abstract class ForwardingObjectStore implements ObjectStore {
  private final ObjectStore store;

  /** {@code store} is closed with this one. */
  protected ForwardingObjectStore(ObjectStore store) {
    this.store = store;
  }

  @Override
  public void put(String key, byte[] bytes) {
    store.put(key, bytes);
  }

  @Override
  public PutOutcome putIfAbsent(String key, byte[] bytes) {
    return store.putIfAbsent(key, bytes);
  }

  @Override
  public void upload(String key, Path file) {
    store.upload(key, file);
  }

  @Override
  public int read(String key, long from, ByteBuffer... into) {
    return store.read(key, from, into);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    return store.head(key);
  }

  @Override
  public void delete(String key) {
    store.delete(key);
  }

  @Override
  public void deleteAll(Collection<String> keys) {
    store.deleteAll(keys);
  }

  @Override
  public void list(String prefix, Predicate<ObjectInfo> visitor) {
    store.list(prefix, visitor);
  }

  @Override
  public int abortUploads(String prefix, Instant begunBefore) {
    return store.abortUploads(prefix, begunBefore);
  }

  @Override
  public Optional<Path> localPath(String key) {
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
    store.close();
  }

  @Override
  public String toString() {
    return store.toString();
  }
}
