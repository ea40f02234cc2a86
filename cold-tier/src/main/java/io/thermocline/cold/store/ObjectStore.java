package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Objects under one warehouse: whole, immutable values named by keys. Made by {@link ObjectStores}.
 *
 * <p><b>Keys</b> are relative to the warehouse: segments joined by {@code /}, none of them empty,
 * {@code .} or {@code ..}, 900 bytes of UTF-8 at most. Others are refused ({@link
 * ErrorKind#INVALID}). A key and a longer one below it ({@code p} and {@code p/c}) must not both be
 * used.
 *
 * <p><b>Durability.</b> When a write returns, the whole object is durable and every reader sees it;
 * no reader ever sees part of one.
 *
 * <p><b>Errors.</b> Apart from what a method names: {@link ErrorKind#TRANSIENT} when the store
 * can't be reached, refuses or is too slow, {@link ErrorKind#EXHAUSTED} when it is full or too many
 * calls wait, {@link ErrorKind#FAILED_PRECONDITION} when credentials are refused, the bucket is
 * missing or this store is closed, {@link ErrorKind#UNSUPPORTED} when it lacks a request that is
 * needed. With any of these a write had no effect; {@link ErrorKind#OUTCOME_UNKNOWN} says that it
 * may have had: to repeat it is always safe. Failed attempts are repeated within the settings'
 * limits before any of this is thrown.
 *
 * <p><b>Time.</b> Every request to a remote store ends by the settings' deadlines. Calls on a
 * directory last as long as the operating system takes.
 *
 * <p>Thread-safe. How many reads and writes run at once is bounded by the settings.
 */
public interface ObjectStore extends AutoCloseable {

  /** Writes an object, replacing what the key named before. */
  void put(String key, byte[] bytes);

  /**
   * Writes an object unless the key names one already; of several callers exactly one writes.
   *
   * <p>A lost reply is resolved by reading the object back. It counts as ours when it has the very
   * {@code bytes} of this call: where it matters who wrote, let them hold something unique.
   */
  PutOutcome putIfAbsent(String key, byte[] bytes);

  /**
   * Writes a file's content as an object, replacing what the key named before. The content is
   * guarded by checksums on its way.
   *
   * @param file stays the caller's, to be deleted at will, but <b>must never be changed again</b>:
   *     a store in the same file system links to it instead of copying
   */
  void upload(String key, Path file);

  /**
   * Reads the object's bytes from {@code from} on, until {@code into} is full or the object ends,
   * with one request.
   *
   * @param into filled one after the other
   * @return how many bytes were read; fewer than were asked for only at the object's end
   * @throws ThermoclineException {@link ErrorKind#NOT_FOUND}
   */
  int read(String key, long from, ByteBuffer... into);

  /** What the store knows about an object; empty when there is none. */
  Optional<ObjectInfo> head(String key);

  /** Deletes an object; harmless when there is none. */
  void delete(String key);

  /**
   * Deletes objects in few requests, all that can be; harmless for those that do not exist.
   *
   * @throws ThermoclineException after all were tried, when some remain; the detail {@code failed}
   *     says how many at most
   */
  void deleteAll(Collection<String> keys);

  /**
   * Shows every object whose key begins with {@code prefix}, in no given order, until {@code
   * visitor} answers false. Objects written or deleted meanwhile may be shown or not. The visitor
   * runs on the caller's thread and may use the store.
   *
   * @param prefix any beginning of a key, also in the middle of a segment; empty means all
   */
  void list(String prefix, Predicate<ObjectInfo> visitor);

  /**
   * Drops what uploads that were broken off have left: parts of objects that never came to be, and
   * that no listing shows. Some stores show them for whole keys only, and drop them by themselves.
   *
   * @param prefix beginning of the keys that were uploaded to
   * @param begunBefore uploads that began later may still be under way
   * @return how many uploads were dropped
   */
  int abortUploads(String prefix, Instant begunBefore);

  /**
   * The object as a file of this machine, when it is stored as one; it need not exist. For reading
   * only.
   */
  Optional<Path> localPath(String key);

  /**
   * The object's absolute location, as it stands in table metadata and as every engine can open it:
   * {@code file:///directory/key} or {@code s3://bucket/prefix/key}, not escaped. The empty key
   * gives the warehouse itself.
   */
  String location(String key);

  /** The key of a location in this warehouse; empty when it lies elsewhere. */
  Optional<String> keyOf(String location);

  /**
   * The same of a location that has to be in it.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when it lies elsewhere
   */
  default String requireKeyOf(String location) {
    return keyOf(location)
        .orElseThrow(
            () ->
                new ThermoclineException(
                    ErrorKind.FAILED_PRECONDITION,
                    "%s lies outside the warehouse %s".formatted(location, location(""))));
  }

  /** Ends waiting and releases what is open. Later calls are refused. */
  @Override
  void close();

  /**
   * Reads exactly as many bytes as {@code into} have room for.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when the object ends before; {@link
   *     ErrorKind#NOT_FOUND}
   */
  default void readFully(String key, long from, ByteBuffer... into) {
    int wanted = Buffers.remaining(into);
    int got = read(key, from, into);
    if (got < wanted) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "Object %s ends at byte %d, but bytes [%d, %d) were expected: it is truncated"
              .formatted(location(key), from + got, from, from + wanted));
    }
  }

  /**
   * A small object as a whole.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} when it is larger than {@code maxBytes};
   *     {@link ErrorKind#NOT_FOUND}
   */
  default byte[] get(String key, int maxBytes) {
    ByteBuffer into = ByteBuffer.allocate(Math.addExact(maxBytes, 1));
    int got = read(key, 0, into);
    if (got > maxBytes) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Object %s is larger than %d bytes".formatted(location(key), maxBytes));
    }
    return Arrays.copyOf(into.array(), got);
  }

  /**
   * The object as a stream, read ahead in growing pieces; each piece is a read with its own
   * deadline. Not thread-safe. A missing object shows at the first read.
   */
  default InputStream open(String key) {
    return new ObjectInput(this, key, Optional.empty());
  }
}
