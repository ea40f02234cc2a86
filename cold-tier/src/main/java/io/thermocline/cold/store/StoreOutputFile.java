package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;

/** One object as Iceberg writes it: gathered in memory, written durably by {@code close()}. */
final class StoreOutputFile implements OutputFile {
  private final ObjectStore store;
  private final String key;
  private final String location;

  StoreOutputFile(ObjectStore store, String key, String location) {
    this.store = store;
    this.key = key;
    this.location = location;
  }

  /**
   * A file that exists shows when the stream is closed: the check and the write are one request.
   */
  @Override
  public PositionOutputStream create() {
    return new Stream(
        bytes -> {
          if (store.putIfAbsent(key, bytes) == PutOutcome.EXISTS) {
            throw new AlreadyExistsException("File already exists: %s", location);
          }
        });
  }

  @Override
  public PositionOutputStream createOrOverwrite() {
    return new Stream(bytes -> store.put(key, bytes));
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public InputFile toInputFile() {
    return new StoreInputFile(store, key, location, Optional.empty());
  }

  @Override
  public String toString() {
    return location;
  }

  /** Puts the whole file in its place. */
  @FunctionalInterface
  private interface Publication {
    void publish(byte[] bytes);
  }

  private final class Stream extends PositionOutputStream {
    private final Publication publication;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream(16 << 10);
    private boolean closed;

    Stream(Publication publication) {
      this.publication = publication;
    }

    @Override
    public long getPos() {
      return gathered.size();
    }

    @Override
    public void write(int b) throws IOException {
      reserve(1);
      gathered.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      reserve(count);
      gathered.write(bytes, offset, count);
    }

    private void reserve(int count) throws IOException {
      if (closed) {
        throw new IOException("The stream of " + location + " is closed");
      }
      if (count > StoreFileIO.MAX_FILE_BYTES - gathered.size()) {
        throw new ThermoclineException(
            ErrorKind.EXHAUSTED,
            "%s grows past %d bytes, the limit for metadata"
                .formatted(location, StoreFileIO.MAX_FILE_BYTES));
      }
    }

    /**
     * Only the first call writes; after it failed the file may be there or not, as the error says.
     */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        publication.publish(gathered.toByteArray());
      }
    }
  }
}
