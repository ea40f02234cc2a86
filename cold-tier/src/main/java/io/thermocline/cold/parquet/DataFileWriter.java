package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/**
 * Writes data files, straight from wire batches into Parquet pages.
 *
 * <p>Thread-safe: each call works on memory of its own. That is the finished pages of one row group
 * (at most {@link DataFileSettings#rowGroupBytes} and one record, a third of it where the records
 * compress to a third), up to 32 bytes for each distinct key in it, one batch decompressed, and
 * four times the largest page or record: about 20 MiB with the default settings and ordinary
 * records.
 */
public final class DataFileWriter {
  private final DataFileSettings settings;

  /** A writer of files that are laid out as {@code settings} says. */
  public DataFileWriter(DataFileSettings settings) {
    this.settings = settings;
  }

  /**
   * Writes records to a new local file, complete but not forced to disk.
   *
   * @param range the file's offsets; records outside it are left out
   * @param batches in offset order; read to its end, or until {@code range} is past
   * @param file must not exist; there is none if this fails or returns empty
   * @return empty when there was no record in the range
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when a batch is damaged, or its offsets
   *     do not follow those before; {@link ErrorKind#TRANSIENT} when the file can't be written; and
   *     what {@code batches} throws
   */
  public Optional<WrittenFile> write(
      TopicPartition id, OffsetRange range, Iterator<RecordBatch> batches, Path file) {
    try (FileInProgress progress = new FileInProgress(id, range, settings, file)) {
      while (!progress.isPastRange() && batches.hasNext()) {
        progress.add(batches.next());
      }
      return progress.finish();
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT,
          "Writing data file %s for %s %s failed: %s".formatted(file, id, range, e),
          e);
    }
  }
}
