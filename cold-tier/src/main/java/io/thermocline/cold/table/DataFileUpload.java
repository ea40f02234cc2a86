package io.thermocline.cold.table;

import io.thermocline.cold.WriteBudget;
import io.thermocline.cold.parquet.DataFileMerge;
import io.thermocline.cold.parquet.DataFileReader;
import io.thermocline.cold.parquet.DataFileSettings;
import io.thermocline.cold.parquet.DataFileWriter;
import io.thermocline.cold.parquet.FileFooter;
import io.thermocline.cold.parquet.ReadSettings;
import io.thermocline.cold.parquet.WrittenFile;
import io.thermocline.cold.store.ObjectInfo;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.Span;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes data files: finished and checksummed on local disk, then uploaded under a name that was
 * never used before. Thread-safe.
 */
final class DataFileUpload {
  private static final Logger LOG = LoggerFactory.getLogger(DataFileUpload.class);

  private final ObjectStore store;
  private final Path scratch;
  private final Duration maxWait;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final int rowGroupBytes;

  /** One for each file that is in memory while it is built. */
  private final Semaphore places;

  /**
   * @param scratch a directory for files on their way; what is left there of an earlier process is
   *     removed
   * @param maxWait how long after its upload began a file may be committed: well below the age at
   *     which it is taken for an orphan
   * @param budget what building files may take
   */
  DataFileUpload(
      ObjectStore store, Path scratch, Duration maxWait, InstantSource clock, WriteBudget budget) {
    this.store = store;
    this.maxWait = maxWait;
    this.clock = clock;
    this.rowGroupBytes = budget.rowGroupBytes();
    this.places = new Semaphore(budget.files(), true);
    this.scratch = ScratchDirectory.emptied(scratch);
  }

  /**
   * Writes and uploads; see {@link io.thermocline.model.ColdTier#write}.
   *
   * @param tableLocation where the file's table lies
   */
  Optional<UploadedFile> write(
      TopicPartition id,
      String tableLocation,
      OffsetRange range,
      Iterator<RecordBatch> batches,
      ColdWriteSettings settings) {
    DataFileWriter writer =
        new DataFileWriter(DataFileSettings.of(settings.compression(), rowGroupBytes));
    return make(id, tableLocation, local -> writer.write(id, range, batches, local));
  }

  /**
   * Merges and uploads; see {@link io.thermocline.model.ColdTier#merge}.
   *
   * @param tableLocation where the files' table lies
   */
  UploadedFile merge(
      TopicPartition id, String tableLocation, List<TableFile> files, ColdWriteSettings settings) {
    DataFileMerge merge =
        new DataFileMerge(DataFileSettings.of(settings.compression(), rowGroupBytes));
    OffsetRange range = ColdCommit.Merge.rangeOf(List.copyOf(files));
    Iterator<DataFileReader> readers = files.stream().map(file -> reader(id, file)).iterator();
    return make(id, tableLocation, local -> Optional.of(merge.merge(id, range, readers, local)))
        .orElseThrow();
  }

  /**
   * Uploads what {@code write} makes of another writer's file.
   *
   * @param write makes a local file with at least one record
   */
  UploadedFile bringBack(
      TopicPartition id,
      String tableLocation,
      BiFunction<DataFileSettings, Path, Optional<WrittenFile>> write) {
    DataFileSettings settings = DataFileSettings.of(Compression.ZSTD, rowGroupBytes);
    return make(id, tableLocation, local -> write.apply(settings, local)).orElseThrow();
  }

  /** A reader of its own, past all caches: what is merged is read once, and never again. */
  private DataFileReader reader(TopicPartition id, TableFile file) {
    StoredRange range =
        new StoredRange(
            store, store.requireKeyOf(file.location()), file.location(), file.span().bytes());
    FileFooter footer = FileFooter.read(range, OptionalInt.of(file.name().crc32c()));
    if (!footer.topicId().equals(id.topic().uuid())
        || footer.partition() != id.partition()
        || !footer.range().equals(file.span().range())
        || footer.rows() != file.rows()) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "%s is not the file of %s, offsets %s, that its name and manifest say it is"
              .formatted(file.location(), id, file.span().range()));
    }
    return new DataFileReader(range, footer, ReadSettings.defaults());
  }

  private Optional<UploadedFile> make(
      TopicPartition id, String tableLocation, Function<Path, Optional<WrittenFile>> write) {
    long unique = random.nextLong();
    Path local = scratch.resolve("%016x.parquet".formatted(unique));
    try {
      Optional<WrittenFile> built = build(local, write);
      return built.map(written -> upload(id, tableLocation, written, unique));
    } finally {
      remove(local);
    }
  }

  /** Waits for its turn: each file that is built before ends by itself, well or not. */
  private Optional<WrittenFile> build(Path local, Function<Path, Optional<WrittenFile>> write) {
    places.acquireUninterruptibly();
    try {
      return write.apply(local);
    } finally {
      places.release();
    }
  }

  private UploadedFile upload(
      TopicPartition id, String tableLocation, WrittenFile written, long unique) {
    DataFileName name =
        new DataFileName(id.partition(), written.range(), written.indexCrc32c(), unique);
    String location = tableLocation + "/" + name.path();
    Instant began = clock.instant();
    store.upload(store.requireKeyOf(location), written.path());
    DataFile entry =
        DataFiles.builder(TableLayout.SPEC)
            .withPath(location)
            .withFormat(FileFormat.PARQUET)
            .withPartition(CommitAttempt.partition(TableLayout.SPEC, id.partition()))
            .withFileSizeInBytes(written.bytes())
            .withMetrics(written.metrics())
            .withSplitOffsets(written.splitOffsets())
            .withSortOrder(TableLayout.SORT_ORDER)
            .build();
    Span span =
        new Span(
            written.range(),
            written.bytes(),
            written.content().minAppendTimeMillis(),
            written.content().maxAppendTimeMillis(),
            true);
    return new UploadedFile(
        id.topic(),
        new TableFile(
            name, span, written.rows(), location, written.content().maxTimestampMillis(), 0),
        entry,
        began);
  }

  /**
   * Makes sure that an uploaded file may be committed: it is there, and did not wait for so long
   * that it might be taken for an orphan while its commit is under way.
   */
  void require(UploadedFile file) {
    Duration waited = Duration.between(file.began(), clock.instant());
    if (waited.abs().compareTo(maxWait) > 0) {
      throw new ThermoclineException(
          ErrorKind.CONFLICT,
          "%s was uploaded at %s, %s ago, and only %s may pass: it has to be written again"
              .formatted(file.location(), file.began(), waited, maxWait));
    }
    Optional<ObjectInfo> found = store.head(store.requireKeyOf(file.location()));
    if (found.isEmpty() || found.get().size() != file.span().bytes()) {
      throw new ThermoclineException(
          ErrorKind.CONFLICT,
          "%s with %d bytes is %s: it has to be written again"
              .formatted(
                  file.location(),
                  file.span().bytes(),
                  found.map(info -> "there with " + info.size() + " bytes").orElse("gone")));
    }
  }

  private static void remove(Path local) {
    try {
      Files.deleteIfExists(local);
    } catch (IOException e) {
      // The upload's outcome stands; the next start empties the directory.
      LOG.warn("temporary file stays path={} error={}", local, e.toString());
    }
  }
}
