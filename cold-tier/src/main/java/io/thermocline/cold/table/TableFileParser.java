package io.thermocline.cold.table;

import io.thermocline.cold.parquet.LogSchema;
import io.thermocline.cold.table.ManifestContents.Entry;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Span;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;

/** Tells data files of ours from others, by name and by what the manifest says of their content. */
final class TableFileParser {
  private final String root;

  /**
   * @param tableLocation where the table lies
   */
  TableFileParser(String tableLocation) {
    this.root = tableLocation.endsWith("/") ? tableLocation : tableLocation + "/";
  }

  /** What {@code file}, listed for {@code partition}, is to us. */
  Entry entry(DataFile file, Optional<Integer> partition) {
    Optional<DataFileName> name =
        file.location().startsWith(root)
            ? DataFileName.parse(file.location().substring(root.length()))
            : Optional.empty();
    if (name.isEmpty()) {
      return elsewhere(file, partition);
    }
    String why = mismatch(file, partition, name.get());
    if (why != null) {
      return new Entry.Foreign(partition, file.location(), file.recordCount(), why);
    }
    return new Entry.Ours(
        new TableFile(
            name.get(),
            new Span(
                name.get().range(),
                file.fileSizeInBytes(),
                millis(lower(file, LogSchema.APPEND_TIME_ID)),
                millis(upper(file, LogSchema.APPEND_TIME_ID)),
                true),
            file.recordCount(),
            file.location(),
            millis(upper(file, LogSchema.TIMESTAMP_ID)),
            sequence(file)));
  }

  private static Entry elsewhere(DataFile file, Optional<Integer> partition) {
    String why = partition.isEmpty() ? "it belongs to no partition" : unreadable(file);
    if (why != null) {
      return new Entry.Foreign(partition, file.location(), file.recordCount(), why);
    }
    return new Entry.Elsewhere(
        new SourceFile(
            partition.get(),
            file.location(),
            file.fileSizeInBytes(),
            file.recordCount(),
            millis(lower(file, LogSchema.APPEND_TIME_ID)),
            millis(upper(file, LogSchema.APPEND_TIME_ID)),
            millis(upper(file, LogSchema.TIMESTAMP_ID)),
            sequence(file)));
  }

  private static long sequence(DataFile file) {
    return file.dataSequenceNumber() == null ? 0 : file.dataSequenceNumber();
  }

  /** Why a file can't be read as rows of a log; null when nothing speaks against it. */
  private static String unreadable(DataFile file) {
    if (file.format() != FileFormat.PARQUET) {
      return "its format is " + file.format();
    }
    for (int column :
        new int[] {LogSchema.RECORD_OFFSET_ID, LogSchema.TIMESTAMP_ID, LogSchema.APPEND_TIME_ID}) {
      if (!has(file.lowerBounds(), column) || !has(file.upperBounds(), column)) {
        return "the bounds of column %d are missing".formatted(column);
      }
    }
    return null;
  }

  /** What speaks against a file with a name of ours; null when nothing does. */
  private static String mismatch(DataFile file, Optional<Integer> partition, DataFileName name) {
    if (!partition.equals(Optional.of(name.partition()))) {
      return "its name says partition " + name.partition();
    }
    String why = unreadable(file);
    if (why != null) {
      return why;
    }
    OffsetRange range = name.range();
    long first = lower(file, LogSchema.RECORD_OFFSET_ID);
    long last = upper(file, LogSchema.RECORD_OFFSET_ID);
    if (!range.contains(first) || !range.contains(last)) {
      return "its offsets are %d to %d".formatted(first, last);
    }
    if (file.recordCount() < 1 || file.recordCount() > last - first + 1) {
      return "it has %d rows in offsets %d to %d".formatted(file.recordCount(), first, last);
    }
    return null;
  }

  private static boolean has(Map<Integer, ByteBuffer> bounds, int column) {
    return bounds != null && bounds.get(column) != null;
  }

  private static long lower(DataFile file, int column) {
    return number(file.lowerBounds().get(column));
  }

  private static long upper(DataFile file, int column) {
    return number(file.upperBounds().get(column));
  }

  private static long number(ByteBuffer bound) {
    Long value = Conversions.fromByteBuffer(Types.LongType.get(), bound);
    return value;
  }

  private static long millis(long micros) {
    return Math.floorDiv(micros, 1000);
  }
}
