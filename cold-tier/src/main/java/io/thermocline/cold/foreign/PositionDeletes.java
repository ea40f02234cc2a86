package io.thermocline.cold.foreign;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DeleteSchemaUtil;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.IOUtil;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.util.ContentFileUtil;

/**
 * Rows that were deleted by position: delete files of version 2 in Parquet, and deletion vectors.
 * What was read is kept, for these files never change. Thread-safe.
 */
final class PositionDeletes {
  private static final Schema COLUMNS = DeleteSchemaUtil.pathPosSchema();

  /** Positions kept; a bitmap takes two bytes for each at most, where they do not lie alone. */
  private static final long MAX_KEPT = 10_000_000;

  private final FileIO io;
  private final Cache<String, Map<String, PositionDeleteIndex>> cache =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT)
          .weigher(
              (String key, Map<String, PositionDeleteIndex> deleted) ->
                  (int)
                      Math.min(
                          Integer.MAX_VALUE,
                          1
                              + deleted.values().stream()
                                  .mapToLong(PositionDeleteIndex::cardinality)
                                  .sum()))
          .build();

  PositionDeletes(FileIO io) {
    this.io = io;
  }

  /** The data files whose rows a file deletes. */
  Set<String> dataFiles(DeleteFile file) {
    String one = ContentFileUtil.referencedDataFileLocation(file);
    return one != null ? Set.of(one) : load(file).keySet();
  }

  /** The positions that a file deletes of a data file. */
  PositionDeleteIndex of(DeleteFile file, String dataFile) {
    return load(file).getOrDefault(dataFile, PositionDeleteIndex.empty());
  }

  private Map<String, PositionDeleteIndex> load(DeleteFile file) {
    String key = ForeignPart.key(file);
    Map<String, PositionDeleteIndex> known = cache.getIfPresent(key);
    if (known == null) {
      known = ContentFileUtil.isDV(file) ? readVector(file) : readRows(file);
      cache.put(key, known);
    }
    return known;
  }

  private Map<String, PositionDeleteIndex> readVector(DeleteFile file) {
    byte[] bytes = new byte[Math.toIntExact(file.contentSizeInBytes())];
    try (SeekableInputStream stream = io.newInputFile(file.location()).newStream()) {
      stream.seek(file.contentOffset());
      IOUtil.readFully(stream, bytes, 0, bytes.length);
      return Map.of(file.referencedDataFile(), PositionDeleteIndex.deserialize(bytes, file));
    } catch (IOException | RuntimeException e) {
      throw ParquetRows.failure(file.location(), e);
    }
  }

  private Map<String, PositionDeleteIndex> readRows(DeleteFile file) {
    if (file.format() != FileFormat.PARQUET) {
      throw new ThermoclineException(
          ErrorKind.UNSUPPORTED,
          "Delete file %s is in %s; only Parquet is read"
              .formatted(file.location(), file.format()));
    }
    try (ParquetRows rows =
        new ParquetRows(
            io.newInputFile(file.location(), file.fileSizeInBytes()),
            COLUMNS,
            MetadataColumns.DELETE_FILE_POS.fieldId(),
            Optional.empty())) {
      Map<String, PositionDeleteIndex> deleted = new HashMap<>();
      while (rows.next()) {
        Record row = rows.row();
        deleted
            .computeIfAbsent(
                row.get(0, CharSequence.class).toString(),
                path -> Deletes.toPositionIndex(CloseableIterable.empty()))
            .delete(row.get(1, Long.class));
      }
      return Map.copyOf(deleted);
    }
  }
}
