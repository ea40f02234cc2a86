package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

/**
 * Makes one data file of several, with the same records. What it makes may become the only copy, so
 * nothing of it is taken on trust: each file that is read has to have the records its footer's
 * checksum says, and the new file, read back, has to have them all.
 *
 * <p>Takes the memory of a {@link DataFileWriter} and of one {@link DataFileCursor}.
 */
public final class DataFileMerge {
  private final DataFileSettings settings;

  /** A merge into files that are laid out as {@code settings} says. */
  public DataFileMerge(DataFileSettings settings) {
    this.settings = settings;
  }

  /**
   * Writes the records of all {@code files} to a new local file, complete but not forced to disk.
   *
   * @param range of the new file, which has those of {@code files} in it
   * @param files in offset order, each opened when it is its turn
   * @param target must not exist; there is none if this fails
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when a file is not what its checksum
   *     says, or the new one has not the same records; {@link ErrorKind#TRANSIENT} when it can't be
   *     written
   */
  public WrittenFile merge(
      TopicPartition id, OffsetRange range, Iterator<DataFileReader> files, Path target) {
    try (AuditedFiles sources = new AuditedFiles(files)) {
      WrittenFile written =
          new DataFileWriter(settings)
              .write(id, range, sources, target)
              .orElseThrow(() -> Damage.of(target.toString(), "there is no record to merge"));
      boolean same = false;
      try {
        requireSame(written, sources);
        same = true;
      } finally {
        if (!same) {
          Files.deleteIfExists(target);
        }
      }
      return written;
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT,
          "Merging %s %s into %s failed: %s".formatted(id, range, target, e),
          e);
    }
  }

  private static void requireSame(WrittenFile written, AuditedFiles sources) {
    sources.requireAtEnd();
    if (written.rows() != sources.rows() || written.contentCrc32c() != sources.contentCrc32c()) {
      throw Damage.of(
          written.path().toString(),
          "it has %d records with the checksum %08x, those it was made of are %d with %08x"
              .formatted(
                  written.rows(),
                  written.contentCrc32c(),
                  sources.rows(),
                  sources.contentCrc32c()));
    }
    written.verify();
  }
}
