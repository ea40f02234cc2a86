package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.table.ManifestContents.Entry;
import java.util.List;
import org.apache.iceberg.DeleteFile;

/**
 * A data file that has to be read the slow way, as its manifest entry describes it.
 *
 * @param partition its partition's number
 * @param location where it lies
 * @param bytes its size
 * @param rows number of records, deleted ones too
 * @param firstAppendMillis smallest append time
 * @param lastAppendMillis largest append time
 * @param maxTimestampMillis largest timestamp
 * @param sequence Iceberg's data sequence number
 */
record SourceFile(
    int partition,
    String location,
    long bytes,
    long rows,
    long firstAppendMillis,
    long lastAppendMillis,
    long maxTimestampMillis,
    long sequence) {

  /** A file of ours in which rows were deleted. */
  static SourceFile of(TableFile file) {
    return new SourceFile(
        file.partition(),
        file.location(),
        file.span().bytes(),
        file.rows(),
        file.span().firstAppendTimeMillis(),
        file.span().lastAppendTimeMillis(),
        file.maxTimestampMillis(),
        file.sequence());
  }

  /** Those among {@code deletes} that delete rows of it by position. */
  List<DeleteFile> deletedBy(List<Entry.Deletes> deletes, ForeignFiles files) {
    return deletes.stream()
        .filter(delete -> !delete.equality() && sequence <= delete.sequence())
        .map(Entry.Deletes::file)
        .filter(delete -> files.dataFiles(delete).contains(location))
        .toList();
  }
}
