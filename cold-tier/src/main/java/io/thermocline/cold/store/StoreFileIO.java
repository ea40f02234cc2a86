package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.BulkDeletionFailureException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsBulkOperations;

/**
 * Iceberg's way into an {@link ObjectStore}: what it writes is durable before {@code close()}
 * returns, and what it reads comes in few requests.
 *
 * <p>Only locations inside the warehouse are known; others are refused ({@link ErrorKind#INVALID}).
 * A missing file is Iceberg's {@link NotFoundException}; all other failures are {@link
 * ThermoclineException}s. The store stays its opener's: {@link #close} does nothing. Files are
 * gathered in memory before they are written, {@value #MAX_FILE_BYTES} bytes at most: this is for
 * metadata, data files are uploaded.
 */
public final class StoreFileIO implements SupportsBulkOperations {
  private static final long serialVersionUID = 1L;

  /** The largest file that can be written here. */
  public static final int MAX_FILE_BYTES = 64 << 20;

  private final transient ObjectStore store;

  /** Over a store that must outlive it. */
  public StoreFileIO(ObjectStore store) {
    this.store = store;
  }

  @Override
  public InputFile newInputFile(String location) {
    return new StoreInputFile(store, key(location), location, Optional.empty());
  }

  @Override
  public InputFile newInputFile(String location, long length) {
    return new StoreInputFile(store, key(location), location, Optional.of(length));
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new StoreOutputFile(store, key(location), location);
  }

  /** Harmless when there is no such file. */
  @Override
  public void deleteFile(String location) {
    store.delete(key(location));
  }

  @Override
  public void deleteFiles(Iterable<String> locations) {
    List<String> keys = new ArrayList<>();
    locations.forEach(location -> keys.add(key(location)));
    try {
      store.deleteAll(keys);
    } catch (ThermoclineException e) {
      int failed = Integer.parseInt(e.details().getOrDefault("failed", "" + keys.size()));
      BulkDeletionFailureException failure = new BulkDeletionFailureException(failed);
      failure.initCause(e);
      throw failure;
    }
  }

  @Override
  public void initialize(Map<String, String> properties) {
    // A catalog offers its properties; the store was opened with its own settings.
  }

  @Override
  public Map<String, String> properties() {
    return Map.of();
  }

  @Override
  public void close() {
    // The store belongs to whoever opened it.
  }

  private String key(String location) {
    return store
        .keyOf(location)
        .orElseThrow(
            () ->
                new ThermoclineException(
                    ErrorKind.INVALID,
                    "%s lies outside the warehouse %s".formatted(location, store.location(""))));
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("An open store can't be sent to another process");
  }
}
