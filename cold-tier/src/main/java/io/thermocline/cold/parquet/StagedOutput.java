package io.thermocline.cold.parquet;

import io.thermocline.model.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * A new local file. Unlike the Parquet writer, which leaves its stream open once a write has
 * failed, this closes it always.
 */
final class StagedOutput implements OutputFile, Closeable {
  private final Path path;
  private final LocalOutputFile file;
  private boolean created;
  private PositionOutputStream stream;

  StagedOutput(Path path) {
    this.path = path;
    file = new LocalOutputFile(path);
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) throws IOException {
    Files.createFile(path, OwnerOnly.file(path));
    created = true;
    return createOrOverwrite(blockSizeHint);
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
    stream = file.createOrOverwrite(blockSizeHint);
    created = true;
    return stream;
  }

  /** Whether there is a file that was made here. */
  boolean isCreated() {
    return created;
  }

  @Override
  public boolean supportsBlockSize() {
    return file.supportsBlockSize();
  }

  @Override
  public long defaultBlockSize() {
    return file.defaultBlockSize();
  }

  @Override
  public void close() throws IOException {
    if (stream != null) {
      stream.close();
    }
  }
}
