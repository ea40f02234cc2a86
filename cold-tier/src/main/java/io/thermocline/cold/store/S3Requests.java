package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The requests of the S3 protocol that a store needs, each tried once, with full keys.
 *
 * <p>Every method ends within the attempt's deadline and throws what {@link S3Failures} makes of an
 * answer: {@link ErrorKind#TRANSIENT} is worth another attempt and had no effect, {@link
 * ErrorKind#OUTCOME_UNKNOWN} is worth another attempt and may have had one. Nothing below may try
 * again by itself. Thread-safe.
 */
interface S3Requests extends AutoCloseable {

  /** One page of a listing, and where the next one begins. */
  record Page(List<ObjectInfo> objects, Optional<String> next) {}

  /** An upload in parts that was neither completed nor dropped. */
  record OpenUpload(String key, String id, Instant begun) {}

  /** One page of open uploads, and after which of them the next one begins. */
  record UploadPage(List<OpenUpload> uploads, Optional<OpenUpload> next) {}

  /** A part that was received. */
  record UploadedPart(int number, String etag, Optional<String> crc32c) {}

  /** Writes, replacing. */
  void put(String key, Payload payload);

  /** Writes if there is none; {@link PutOutcome#EXISTS} when the store says that there is. */
  PutOutcome putIfAbsent(String key, Payload payload);

  /**
   * Reads until {@code into} is full or the object ends; leaves their positions anywhere on
   * failure.
   */
  void get(String key, long from, ByteBuffer... into);

  /** Empty when there is none. */
  Optional<ObjectInfo> head(String key);

  /** Harmless when there is none. */
  void delete(String key);

  /** Deletes up to 1,000; gives the message for each that remains. */
  Map<String, String> delete(List<String> keys);

  /** Objects whose key begins with {@code prefix}. */
  Page list(String prefix, Optional<String> page);

  /** Begins an upload in parts; gives its id. */
  String beginUpload(String key);

  /** Sends one part; the last may be short, numbers begin at 1. */
  UploadedPart uploadPart(String key, String upload, int number, Payload payload);

  /** Makes the object of its parts. */
  void completeUpload(String key, String upload, List<UploadedPart> parts);

  /** Open uploads to keys that begin with {@code prefix}. */
  UploadPage uploads(String prefix, Optional<OpenUpload> after);

  /** Drops an upload and its parts. */
  void abortUpload(String key, String upload);

  @Override
  void close();
}
