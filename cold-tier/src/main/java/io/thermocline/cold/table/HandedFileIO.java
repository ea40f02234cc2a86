package io.thermocline.cold.table;

import java.util.Map;
import org.apache.iceberg.hadoop.Configurable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * Our way into the warehouse for a catalog that makes its own by a class's name: it is handed on as
 * what Iceberg calls the configuration. Closing it closes nothing, for catalogs make and drop one
 * for each table.
 */
public final class HandedFileIO implements FileIO, Configurable<Object> {
  private static final long serialVersionUID = 1L;

  private FileIO delegate;

  /** As Iceberg makes it; {@link #setConf} follows. */
  public HandedFileIO() {}

  /**
   * @param conf a {@link FileIO}
   */
  @Override
  public void setConf(Object conf) {
    delegate = (FileIO) conf;
  }

  @Override
  public InputFile newInputFile(String path) {
    return delegate.newInputFile(path);
  }

  @Override
  public InputFile newInputFile(String path, long length) {
    return delegate.newInputFile(path, length);
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
  public void close() {}
}
