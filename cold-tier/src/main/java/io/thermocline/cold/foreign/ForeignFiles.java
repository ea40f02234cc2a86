package io.thermocline.cold.foreign;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.thermocline.cold.parquet.DataFileSettings;
import io.thermocline.cold.parquet.DataFileWriter;
import io.thermocline.cold.parquet.LogSchema;
import io.thermocline.cold.parquet.WrittenFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.TypeUtil;

/**
 * Reads what other writers laid out. Files never change, so what was learned of one is kept.
 * Thread-safe; one file is copied at a time, and the offsets of one are looked at, so that memory
 * is bounded by one row group of each.
 */
public final class ForeignFiles {
  /** Runs of offsets that one file may have: rows in no order at all can't be followed. */
  public static final int MAX_RUNS = 100_000;

  private static final int MAX_KEPT_RUNS = 500_000;

  private static final Schema OFFSETS =
      TypeUtil.select(
          LogSchema.ICEBERG, Set.of(LogSchema.PARTITION_ID, LogSchema.RECORD_OFFSET_ID));

  private final FileIO io;
  private final PositionDeletes deletes;
  private final ReentrantLock copying = new ReentrantLock();
  private final ReentrantLock looking = new ReentrantLock();

  /** Of whole files by location, of parts by id. */
  private final Cache<String, OffsetRuns> known =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT_RUNS)
          .weigher((String name, OffsetRuns runs) -> runs.ranges().size() + 1)
          .build();

  /** Over the files of a warehouse. */
  public ForeignFiles(FileIO io) {
    this.io = io;
    this.deletes = new PositionDeletes(io);
  }

  /**
   * The offsets that a file has rows of, deleted ones too.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it can't be read, holds rows of
   *     another partition, or has them in more than {@link #MAX_RUNS} runs
   */
  public OffsetRuns offsets(String location, long bytes, int partition) {
    return known(location, () -> readOffsets(location, bytes, partition));
  }

  private OffsetRuns known(String name, Supplier<OffsetRuns> read) {
    OffsetRuns before = known.getIfPresent(name);
    return before != null
        ? before
        : alone(
            looking,
            () -> {
              OffsetRuns meanwhile = known.getIfPresent(name);
              OffsetRuns runs = meanwhile != null ? meanwhile : read.get();
              known.put(name, runs);
              return runs;
            });
  }

  private OffsetRuns readOffsets(String location, long bytes, int partition) {
    OffsetRuns.Gathering gathering = new OffsetRuns.Gathering(MAX_RUNS);
    try (ParquetRows rows =
        new ParquetRows(
            io.newInputFile(location, bytes),
            OFFSETS,
            LogSchema.RECORD_OFFSET_ID,
            Optional.empty())) {
      while (rows.next()) {
        long offset = rows.row().get(1, Long.class);
        if (rows.row().get(0, Integer.class) != partition || offset < 0) {
          throw new ThermoclineException(
              ErrorKind.CORRUPT,
              "%s has a row of partition %s at offset %d"
                  .formatted(location, rows.row().get(0), offset));
        }
        if (!gathering.add(offset)) {
          throw new ThermoclineException(
              ErrorKind.CORRUPT,
              "%s has its offsets in more than %d runs; rewrite it sorted by record_offset"
                  .formatted(location, MAX_RUNS));
        }
      }
    }
    return gathering.done();
  }

  /** The data files whose rows {@code file} deletes by position. */
  public Set<String> dataFiles(DeleteFile file) {
    return deletes.dataFiles(file);
  }

  /** How many rows of {@code dataFile} the {@code files} delete by position. */
  public long deletedRows(List<DeleteFile> files, String dataFile) {
    PositionDeleteIndex all = Deletes.toPositionIndex(CloseableIterable.empty());
    files.forEach(file -> all.merge(deletes.of(file, dataFile)));
    return all.cardinality();
  }

  /** Whether one of {@code files} deletes the row at {@code position} of a data file. */
  private static boolean isDeleted(List<PositionDeleteIndex> files, long position) {
    return files.stream().anyMatch(file -> file.isDeleted(position));
  }

  /**
   * Writes the rows of a part as a file in our layout, which stands for the part's range.
   *
   * @param settings of the file that is written
   * @param target must not exist; there is none if this fails or returns empty
   * @return empty when all of its rows are deleted
   */
  public Optional<WrittenFile> copy(
      TopicPartition id, ForeignPart part, DataFileSettings settings, Path target) {
    return alone(
        copying,
        () -> {
          String location = part.location();
          List<PositionDeleteIndex> deleted =
              part.deletes().stream().map(file -> deletes.of(file, location)).toList();
          try (ForeignRows rows =
              new ForeignRows(
                  io.newInputFile(location, part.bytes()),
                  id.partition(),
                  part,
                  position -> isDeleted(deleted, position))) {
            return new DataFileWriter(settings).write(id, part.range(), rows, target);
          }
        });
  }

  /** The offsets of {@code part} that still have a row. */
  public List<OffsetRange> live(int partition, ForeignPart part) {
    return known(part.id(), () -> readLive(partition, part)).ranges();
  }

  private OffsetRuns readLive(int partition, ForeignPart part) {
    String location = part.location();
    List<PositionDeleteIndex> deleted =
        part.deletes().stream().map(file -> deletes.of(file, location)).toList();
    OffsetRuns.Gathering gathering = new OffsetRuns.Gathering(MAX_RUNS);
    try (ParquetRows rows =
        new ParquetRows(
            io.newInputFile(location, part.bytes()),
            OFFSETS,
            LogSchema.RECORD_OFFSET_ID,
            Optional.of(part.range()))) {
      while (rows.next()) {
        long offset = rows.row().get(1, Long.class);
        if (part.range().contains(offset)
            && !isDeleted(deleted, rows.position())
            && !gathering.add(offset)) {
          throw new ThermoclineException(
              ErrorKind.CORRUPT,
              "Too many single rows of %s of partition %d were deleted to follow"
                  .formatted(location, partition));
        }
      }
    }
    return gathering.done();
  }

  private static <T> T alone(ReentrantLock lock, Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
