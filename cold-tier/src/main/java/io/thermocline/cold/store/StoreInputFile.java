package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.util.Optional;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.SeekableInputStream;

/** One object as Iceberg reads it. */
final class StoreInputFile implements InputFile {
  private final ObjectStore store;
  private final String key;
  private final String location;
  private volatile Optional<Long> length;

  StoreInputFile(ObjectStore store, String key, String location, Optional<Long> length) {
    this.store = store;
    this.key = key;
    this.location = location;
    this.length = length;
  }

  @Override
  public long getLength() {
    Optional<Long> known = length;
    if (known.isEmpty()) {
      ObjectInfo info =
          store
              .head(key)
              .orElseThrow(() -> new NotFoundException("File does not exist: %s", location));
      known = Optional.of(info.size());
      length = known;
    }
    return known.get();
  }

  @Override
  public SeekableInputStream newStream() {
    return new Stream(new ObjectInput(store, key, length));
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public boolean exists() {
    return store.head(key).isPresent();
  }

  @Override
  public String toString() {
    return location;
  }

  private static RuntimeException asIceberg(ThermoclineException e, String location) {
    return e.kind() == ErrorKind.NOT_FOUND
        ? new NotFoundException(e, "File does not exist: %s", location)
        : e;
  }

  private final class Stream extends SeekableInputStream {
    private final ObjectInput input;

    Stream(ObjectInput input) {
      this.input = input;
    }

    @Override
    public long getPos() {
      return input.position();
    }

    @Override
    public void seek(long position) throws IOException {
      input.seek(position);
    }

    @Override
    public int read() throws IOException {
      try {
        return input.read();
      } catch (ThermoclineException e) {
        throw asIceberg(e, location);
      }
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      try {
        return input.read(into, offset, count);
      } catch (ThermoclineException e) {
        throw asIceberg(e, location);
      }
    }

    @Override
    public long skip(long count) throws IOException {
      try {
        return input.skip(count);
      } catch (ThermoclineException e) {
        throw asIceberg(e, location);
      }
    }

    @Override
    public int available() {
      return input.available();
    }

    @Override
    public void close() {
      input.close();
    }
  }
}
