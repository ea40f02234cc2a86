package io.thermocline.cold.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.ByteBufferInputStream;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * Gives a catalog the warehouse's files so that an outage shows at once. Iceberg reads a table's
 * metadata file up to twenty times, seconds apart and with the table locked, unless the failure is
 * a {@link NotFoundException}; requests were repeated by the store already, so here every failure
 * to read metadata is one.
 */
final class SteadyFileIO implements FileIO {
  private static final long serialVersionUID = 1L;
  private static final String METADATA = ".metadata.json";

  private final FileIO delegate;

  SteadyFileIO(FileIO delegate) {
    this.delegate = delegate;
  }

  /** A metadata file that could not be read. The cause tells why. */
  static final class UnreadableException extends NotFoundException {
    private static final long serialVersionUID = 1L;

    UnreadableException(Exception cause) {
      super(cause, "%s", cause.getMessage());
    }
  }

  @Override
  public InputFile newInputFile(String path) {
    InputFile file = delegate.newInputFile(path);
    return path.endsWith(METADATA) ? new SteadyInputFile(file) : file;
  }

  @Override
  public InputFile newInputFile(String path, long length) {
    InputFile file = delegate.newInputFile(path, length);
    return path.endsWith(METADATA) ? new SteadyInputFile(file) : file;
  }

  @Override
  public OutputFile newOutputFile(String path) {
    return delegate.newOutputFile(path);
  }

  @Override
  public void deleteFile(String path) {
    delegate.deleteFile(path);
  }

  @Override
  public Map<String, String> properties() {
    return delegate.properties();
  }

  @Override
  public void close() {
    delegate.close();
  }

  /** Reads and parses the whole file when it is opened, so that damage shows here too. */
  private record SteadyInputFile(InputFile delegate) implements InputFile {
    @Override
    public long getLength() {
      return delegate.getLength();
    }

    @Override
    public SeekableInputStream newStream() {
      try (SeekableInputStream stream = delegate.newStream()) {
        byte[] bytes = stream.readAllBytes();
        TableMetadata parsed =
            TableMetadataParser.fromJson(new String(bytes, StandardCharsets.UTF_8));
        if (parsed.location() == null) {
          throw new IllegalArgumentException("Metadata without a location: " + location());
        }
        return ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes));
      } catch (IOException | RuntimeException e) {
        throw new UnreadableException(e);
      }
    }

    @Override
    public String location() {
      return delegate.location();
    }

    @Override
    public boolean exists() {
      return delegate.exists();
    }
  }
}
