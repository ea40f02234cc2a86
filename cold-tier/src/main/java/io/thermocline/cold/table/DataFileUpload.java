package io.thermocline.cold.table;

import io.thermocline.cold.parquet.DataFileSettings;
import io.thermocline.cold.parquet.DataFileWriter;
import io.thermocline.cold.parquet.WrittenFile;
import io.thermocline.cold.store.ObjectInfo;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdWriteSettings;
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
import java.util.Iterator;
import java.util.Optional;
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
  private final SecureRandom random = new SecureRandom();

  /**
   * @param scratch a directory for files on their way; what is left there of an earlier process is
   *     removed
   */
  DataFileUpload(ObjectStore store, Path scratch) {
    this.store = store;
    this.scratch = ScratchDirectory.emptied(scratch);
  }

  /**
   * Writes and uploads; see {@link io.thermocline.model.ColdTier#write}.
   *
   * @param tableLocation where the file's table lies
   */
  Optional<ColdFile> write(
      TopicPartition id,
      String tableLocation,
      OffsetRange range,
      Iterator<RecordBatch> batches,
      ColdWriteSettings settings) {
    long unique = random.nextLong();
    Path local = scratch.resolve("%016x.parquet".formatted(unique));
    try {
      DataFileWriter writer = new DataFileWriter(DataFileSettings.of(settings.compression()));
      return writer
          .write(id, range, batches, local)
          .map(written -> upload(id, tableLocation, written, unique));
    } finally {
      remove(local);
    }
  }

  private ColdFile upload(
      TopicPartition id, String tableLocation, WrittenFile written, long unique) {
    DataFileName name =
        new DataFileName(id.partition(), written.range(), written.indexCrc32c(), unique);
    String location = tableLocation + "/" + name.path();
    store.upload(key(location), written.path());
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
        entry);
  }

  /**
   * Makes sure that an uploaded file is still there: one that waited past its safe age was taken
   * for an orphan.
   */
  void require(UploadedFile file) {
    Optional<ObjectInfo> found = store.head(key(file.location()));
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

  private String key(String location) {
    return store
        .keyOf(location)
        .orElseThrow(
            () ->
                new ThermoclineException(
                    ErrorKind.FAILED_PRECONDITION,
                    "%s lies outside the warehouse %s".formatted(location, store.location(""))));
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
