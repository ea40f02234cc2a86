package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.apache.iceberg.Metrics;

/**
 * A data file as it was written, still local.
 *
 * @param path where it lies
 * @param range the offsets it stands for
 * @param rows number of records, at least one
 * @param bytes its size
 * @param content what its records span
 * @param metrics for the manifest: counts and bounds of the first four columns
 * @param splitOffsets where its row groups begin
 * @param indexCrc32c CRC32C of its bytes from where the page indexes begin to its end; to be given
 *     to {@link FileFooter#read} when it is opened
 * @param contentCrc32c checksum of its records, which stands in its footer too
 */
public record WrittenFile(
    Path path,
    OffsetRange range,
    long rows,
    long bytes,
    ContentBounds content,
    Metrics metrics,
    List<Long> splitOffsets,
    int indexCrc32c,
    int contentCrc32c) {
  public WrittenFile {
    splitOffsets = List.copyOf(splitOffsets);
  }

  /**
   * Reads it back and compares its records with their checksum.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when they are not the same
   */
  public void verify() {
    try (LocalFileSource local = new LocalFileSource(path)) {
      FileFooter footer = FileFooter.read(local, OptionalInt.of(indexCrc32c));
      new DataFileReader(local, footer, ReadSettings.defaults()).verify();
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT, "Reading %s back failed: %s".formatted(path, e), e);
    }
  }
}
