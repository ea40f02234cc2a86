package io.thermocline.cold.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/** What the manifest and the file's name will say about a finished file. */
final class FileSummary {
  private static final int FIRST_ID = LogSchema.PARTITION_ID;
  private static final int LAST_ID = LogSchema.APPEND_TIME_ID;

  private final List<BlockMetaData> rowGroups;

  FileSummary(List<BlockMetaData> rowGroups) {
    this.rowGroups = rowGroups;
  }

  List<Long> splitOffsets() {
    return rowGroups.stream().map(BlockMetaData::getStartingPos).toList();
  }

  /** Counts, sizes and bounds of the first four columns; nothing of key, value and headers. */
  Metrics metrics(int partition, long rows, ContentBounds bounds) {
    Map<Integer, Long> sizes = new HashMap<>();
    Map<Integer, Long> counts = new HashMap<>();
    Map<Integer, Long> nulls = new HashMap<>();
    for (int id = FIRST_ID; id <= LAST_ID; id++) {
      int leaf = id - FIRST_ID;
      sizes.put(
          id,
          rowGroups.stream().mapToLong(group -> group.getColumns().get(leaf).getTotalSize()).sum());
      counts.put(id, rows);
      nulls.put(id, 0L);
    }
    return new Metrics(
        rows,
        sizes,
        counts,
        nulls,
        new HashMap<>(),
        bounds(
            partition,
            bounds.firstOffset(),
            bounds.minTimestampMillis(),
            bounds.minAppendTimeMillis()),
        bounds(
            partition,
            bounds.lastOffset(),
            bounds.maxTimestampMillis(),
            bounds.maxAppendTimeMillis()));
  }

  private static Map<Integer, ByteBuffer> bounds(
      int partition, long offset, long timestampMillis, long appendTimeMillis) {
    Types.TimestampType instant = Types.TimestampType.withZone();
    Map<Integer, ByteBuffer> bounds = new HashMap<>();
    bounds.put(
        LogSchema.PARTITION_ID, Conversions.toByteBuffer(Types.IntegerType.get(), partition));
    bounds.put(LogSchema.RECORD_OFFSET_ID, Conversions.toByteBuffer(Types.LongType.get(), offset));
    bounds.put(
        LogSchema.TIMESTAMP_ID,
        Conversions.toByteBuffer(instant, Micros.ofMillis(timestampMillis)));
    bounds.put(
        LogSchema.APPEND_TIME_ID,
        Conversions.toByteBuffer(instant, Micros.ofMillis(appendTimeMillis)));
    return bounds;
  }

  /** CRC32C from where the indexes begin to the end of the file, read back from it. */
  int indexCrc32c(Path path) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long position = indexStart(rowGroups);
      long end = channel.size();
      while (position < end) {
        int count = channel.read(buffer.clear(), position);
        if (count < 0) {
          throw new EOFException("File became shorter while it was read: " + path);
        }
        crc.update(buffer.flip());
        position += count;
      }
    }
    return (int) crc.getValue();
  }

  /** Where the first page index of these row groups begins: all of the file's indexes follow. */
  static long indexStart(List<BlockMetaData> rowGroups) {
    long start = Long.MAX_VALUE;
    for (BlockMetaData group : rowGroups) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        if (chunk.getColumnIndexReference() != null) {
          start = Math.min(start, chunk.getColumnIndexReference().getOffset());
        }
        if (chunk.getOffsetIndexReference() != null) {
          start = Math.min(start, chunk.getOffsetIndexReference().getOffset());
        }
      }
    }
    return start;
  }
}
