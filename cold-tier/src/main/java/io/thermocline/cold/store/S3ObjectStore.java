package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Objects in a bucket, through either client library: what they share of the contract. */
final class S3ObjectStore implements ObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(S3ObjectStore.class);
  private static final int DELETE_BATCH = 1000;

  private final S3Location root;
  private final S3Requests requests;
  private final Attempts attempts;
  private final int partBytes;

  S3ObjectStore(S3Location root, S3Requests requests, StoreSettings settings) {
    this.root = root;
    this.requests = requests;
    this.attempts = new Attempts(settings.attempts(), settings.requestTimeout());
    this.partBytes = settings.partBytes();
  }

  @Override
  public void put(String key, byte[] bytes) {
    String full = root.fullKey(key);
    attempts.run(() -> requests.put(full, Payload.of(bytes)));
  }

  @Override
  public PutOutcome putIfAbsent(String key, byte[] bytes) {
    return attempts.call(new ConditionalPut(requests, root.fullKey(key), bytes));
  }

  @Override
  public void upload(String key, Path file) {
    long size = size(file);
    String full = root.fullKey(key);
    if (size <= partBytes) {
      attempts.run(() -> requests.put(full, Payload.of(file, 0, size)));
    } else {
      uploadInParts(full, file, size);
    }
    checkSize(key, size);
  }

  /** The parts' checksums were compared by the store; this proves that none is missing. */
  private void checkSize(String key, long size) {
    ObjectInfo info;
    try {
      info = head(key).orElse(null);
    } catch (ThermoclineException e) {
      throw new ThermoclineException(ErrorKind.OUTCOME_UNKNOWN, e.getMessage(), e);
    }
    if (info == null || info.size() != size) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "%s was uploaded with %d bytes, but the store has %s"
              .formatted(location(key), size, info == null ? "nothing" : info.size() + " bytes"));
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Can't read the file to upload: " + LocalFailures.reason(e), e);
    }
  }

  private void uploadInParts(String full, Path file, long size) {
    String upload = beforeCompletion(() -> requests.beginUpload(full));
    List<S3Requests.UploadedPart> parts;
    try {
      parts = uploadParts(full, upload, file, size);
    } catch (ThermoclineException e) {
      // Parts alone are no object, whether or not the last one arrived.
      abort(full, upload);
      throw e;
    }
    try {
      attempts.run(new Completion(requests, full, upload, parts, size));
    } catch (ThermoclineException e) {
      // Once the completion may have been applied, the parts are no longer ours to drop.
      if (e.kind() != ErrorKind.OUTCOME_UNKNOWN) {
        abort(full, upload);
      }
      throw e;
    }
  }

  private List<S3Requests.UploadedPart> uploadParts(
      String full, String upload, Path file, long size) {
    List<S3Requests.UploadedPart> parts = new ArrayList<>();
    for (long from = 0; from < size; from += partBytes) {
      int number = parts.size() + 1;
      Payload piece = Payload.of(file, from, Math.min(partBytes, size - from));
      parts.add(beforeCompletion(() -> requests.uploadPart(full, upload, number, piece)));
    }
    return parts;
  }

  /**
   * A request of an upload that leaves no object yet: whatever became of it, nothing was written.
   */
  private <T> T beforeCompletion(Supplier<T> request) {
    return attempts.call(
        () -> {
          try {
            return request.get();
          } catch (ThermoclineException e) {
            throw e.kind() == ErrorKind.OUTCOME_UNKNOWN
                ? new ThermoclineException(ErrorKind.TRANSIENT, e.getMessage(), e)
                : e;
          }
        });
  }

  private void abort(String full, String upload) {
    try {
      requests.abortUpload(full, upload);
    } catch (ThermoclineException e) {
      LOG.warn(
          "parts of a failed upload stay until upkeep drops them key={} upload={} reason={}",
          full,
          upload,
          e.getMessage());
    }
  }

  @Override
  public int read(String key, long from, ByteBuffer... into) {
    if (Buffers.remaining(into) == 0) {
      return 0;
    }
    String full = root.fullKey(key);
    Buffers buffers = new Buffers(into);
    attempts.run(
        () -> {
          buffers.reset();
          requests.get(full, from, into);
        });
    return buffers.filled();
  }

  @Override
  public Optional<ObjectInfo> head(String key) {
    String full = root.fullKey(key);
    return attempts.call(() -> requests.head(full)).map(root::relative);
  }

  @Override
  public void delete(String key) {
    String full = root.fullKey(key);
    attempts.run(() -> requests.delete(full));
  }

  @Override
  public void deleteAll(Collection<String> keys) {
    List<String> full = keys.stream().map(root::fullKey).toList();
    DeleteFailures failures = new DeleteFailures();
    for (int from = 0; from < full.size(); from += DELETE_BATCH) {
      List<String> batch = full.subList(from, Math.min(full.size(), from + DELETE_BATCH));
      failures.attempt(
          batch.size(),
          () -> {
            Map<String, String> remaining = attempts.call(() -> requests.delete(batch));
            remaining.forEach((key, why) -> failures.add(1, refused(key, why)));
          });
    }
    failures.throwIfAny();
  }

  private static ThermoclineException refused(String key, String why) {
    return new ThermoclineException(ErrorKind.TRANSIENT, "%s: %s".formatted(key, why));
  }

  @Override
  public void list(String prefix, Predicate<ObjectInfo> visitor) {
    Optional<String> next = Optional.empty();
    do {
      Optional<String> page = next;
      S3Requests.Page found = attempts.call(() -> requests.list(root.fullKey(prefix), page));
      for (ObjectInfo info : found.objects()) {
        if (!visitor.test(root.relative(info))) {
          return;
        }
      }
      next = found.next();
    } while (next.isPresent());
  }

  @Override
  public int abortUploads(String prefix, Instant begunBefore) {
    String full = root.fullKey(prefix);
    int dropped = 0;
    Optional<S3Requests.OpenUpload> next = Optional.empty();
    do {
      Optional<S3Requests.OpenUpload> after = next;
      S3Requests.UploadPage page = attempts.call(() -> requests.uploads(full, after));
      for (S3Requests.OpenUpload upload : page.uploads()) {
        if (upload.key().startsWith(full) && upload.begun().isBefore(begunBefore)) {
          attempts.run(() -> dropUpload(upload));
          dropped++;
        }
      }
      next = page.next();
    } while (next.isPresent());
    return dropped;
  }

  /** It may have been dropped, or completed, since it was listed. */
  private void dropUpload(S3Requests.OpenUpload upload) {
    try {
      requests.abortUpload(upload.key(), upload.id());
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
    }
  }

  @Override
  public Optional<Path> localPath(String key) {
    return Optional.empty();
  }

  @Override
  public String location(String key) {
    return root.location(key);
  }

  @Override
  public Optional<String> keyOf(String location) {
    return root.keyOf(location);
  }

  @Override
  public void close() {
    attempts.close();
    requests.close();
  }

  @Override
  public String toString() {
    return location("");
  }

  /**
   * One conditional put over its attempts. A refusal proves that another wrote only while no
   * earlier attempt of ours can have written; else the object itself is asked.
   */
  private static final class ConditionalPut implements Supplier<PutOutcome> {
    private final S3Requests requests;
    private final String key;
    private final byte[] bytes;
    private boolean mayHaveWritten;

    ConditionalPut(S3Requests requests, String key, byte[] bytes) {
      this.requests = requests;
      this.key = key;
      this.bytes = bytes;
    }

    @Override
    public PutOutcome get() {
      try {
        PutOutcome outcome = requests.putIfAbsent(key, Payload.of(bytes));
        return outcome == PutOutcome.EXISTS && mayHaveWritten
            ? readBack().orElseThrow(this::vanished)
            : outcome;
      } catch (ThermoclineException e) {
        if (e.kind() != ErrorKind.OUTCOME_UNKNOWN) {
          throw e;
        }
        mayHaveWritten = true;
        // Not there yet proves nothing: the request may still be on its way.
        return readBack().orElseThrow(() -> e);
      }
    }

    private Optional<PutOutcome> readBack() {
      ByteBuffer there = ByteBuffer.allocate(bytes.length + 1);
      try {
        requests.get(key, 0, there);
      } catch (ThermoclineException e) {
        if (e.kind() == ErrorKind.NOT_FOUND) {
          return Optional.empty();
        }
        throw new ThermoclineException(ErrorKind.OUTCOME_UNKNOWN, e.getMessage(), e);
      }
      byte[] found = Arrays.copyOf(there.array(), there.position());
      return Optional.of(Arrays.equals(found, bytes) ? PutOutcome.WRITTEN : PutOutcome.EXISTS);
    }

    private ThermoclineException vanished() {
      return new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN,
          "%s was there for the conditional put and gone when it was read".formatted(key));
    }
  }

  /** Completes an upload; a lost reply is resolved by looking for the object. */
  private static final class Completion implements Runnable {
    private final S3Requests requests;
    private final String key;
    private final String upload;
    private final List<S3Requests.UploadedPart> parts;
    private final long size;
    private boolean mayBeComplete;

    Completion(
        S3Requests requests,
        String key,
        String upload,
        List<S3Requests.UploadedPart> parts,
        long size) {
      this.requests = requests;
      this.key = key;
      this.upload = upload;
      this.parts = parts;
      this.size = size;
    }

    @Override
    public void run() {
      try {
        requests.completeUpload(key, upload, parts);
      } catch (ThermoclineException e) {
        boolean gone = e.kind() == ErrorKind.NOT_FOUND && mayBeComplete;
        mayBeComplete |= e.kind() == ErrorKind.OUTCOME_UNKNOWN;
        if (!gone || requests.head(key).filter(info -> info.size() == size).isEmpty()) {
          throw e;
        }
      }
    }
  }
}
