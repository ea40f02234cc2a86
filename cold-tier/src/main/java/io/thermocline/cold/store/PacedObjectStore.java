package io.thermocline.cold.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/** A store whose requests wait for their turn before they are made. */
final class PacedObjectStore extends ForwardingObjectStore {
  private static final int KEYS_IN_A_REQUEST = 1_000;

  private final StorePace pace;
  private final boolean reads;

  /**
   * @param reads whether reads wait too
   */
  PacedObjectStore(ObjectStore store, StorePace pace, boolean reads) {
    super(store);
    this.pace = pace;
    this.reads = reads;
  }

  private void read() {
    if (reads) {
      pace.take(1);
    }
  }

  @Override
  public void put(String key, byte[] bytes) {
    pace.take(1);
    super.put(key, bytes);
  }

  @Override
  public PutOutcome putIfAbsent(String key, byte[] bytes) {
    pace.take(1);
    return super.putIfAbsent(key, bytes);
  }

  @Override
  public void upload(String key, Path file) {
    pace.take(pace.requestsOf(size(file)));
    super.upload(key, file);
  }

  /** 0 for a file that can't be looked at: the store says so when it is to send it. */
  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException unreadable) {
      return 0;
    }
  }

  @Override
  public int read(String key, long from, ByteBuffer... into) {
    read();
    return super.read(key, from, into);
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    read();
    return super.head(key);
  }

  @Override
  public void delete(String key) {
    pace.take(1);
    super.delete(key);
  }

  @Override
  public void deleteAll(Collection<String> keys) {
    pace.take((keys.size() + KEYS_IN_A_REQUEST - 1) / KEYS_IN_A_REQUEST);
    super.deleteAll(keys);
  }

  @Override
  public void list(String prefix, Predicate<ObjectInfo> visitor) {
    long[] seen = {0};
    pace.take(1);
    super.list(
        prefix,
        found -> {
          if (seen[0]++ % KEYS_IN_A_REQUEST == 0 && seen[0] > 1) {
            pace.take(1);
          }
          return visitor.test(found);
        });
  }

  @Override
  public int abortUploads(String prefix, Instant begunBefore) {
    pace.take(1);
    return super.abortUploads(prefix, begunBefore);
  }
}
