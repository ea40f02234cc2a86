package io.thermocline.cold.parquet;

import io.thermocline.codec.BatchLimits;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;

/**
 * One data file while it is being written. Closing it before {@link #finish} deletes what there is.
 */
final class FileInProgress implements AutoCloseable {
  private final TopicPartition id;
  private final OffsetRange range;
  private final Path path;
  private final StagedOutput output;
  private final ParquetFileWriter file;
  private final PageCompressor compressor;
  private final RowGroupBuffer rowGroup;
  private final PayloadReader payloads =
      new PayloadReader(BatchLimits.defaults().maxUncompressedBytes());
  private final RecordCursor cursor = new RecordCursor();
  private final ContentChecksum checksum = new ContentChecksum();
  private boolean finished;

  /** Smallest offset that the next record may have. */
  private long nextOffset;

  private long rows;
  private long firstOffset;
  private long lastOffset;
  private long minTimestamp = Long.MAX_VALUE;
  private long maxTimestamp = Long.MIN_VALUE;
  private long minAppendTime = Long.MAX_VALUE;
  private long maxAppendTime = Long.MIN_VALUE;

  FileInProgress(TopicPartition id, OffsetRange range, DataFileSettings settings, Path path)
      throws IOException {
    this.id = id;
    this.range = range;
    this.path = path;
    this.output = new StagedOutput(path);
    this.compressor = new PageCompressor(settings.compression());
    this.rowGroup = new RowGroupBuffer(settings, compressor);
    try {
      this.file = open(settings);
    } catch (IOException | RuntimeException e) {
      compressor.close();
      discard(e);
      throw e;
    }
  }

  private ParquetFileWriter open(DataFileSettings settings) throws IOException {
    ParquetFileWriter opened =
        new ParquetFileWriter(
            output,
            LogSchema.PARQUET,
            ParquetFileWriter.Mode.CREATE,
            settings.rowGroupBytes(),
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            null,
            ParquetProperties.builder().withPageWriteChecksumEnabled(true).build());
    opened.start();
    return opened;
  }

  /** Whether all that can still come lies past the range. */
  boolean isPastRange() {
    return nextOffset >= range.to();
  }

  /** Adds the records of a batch that lie in the range. */
  void add(RecordBatch batch) throws IOException {
    if (batch.nextOffset() <= range.from()) {
      return;
    }
    if (batch.baseOffset() < nextOffset) {
      throw damaged(batch, "it begins below offset " + nextOffset + ", where the one before ends");
    }
    BatchContent content = batch.content();
    if (content.computeCrc32c() != content.crc32c()) {
      throw damaged(batch, "its checksum does not match");
    }
    try {
      addRecords(batch, payloads.open(content));
    } catch (ThermoclineException e) {
      throw e.kind() == ErrorKind.INVALID ? damaged(batch, e.getMessage()) : e;
    }
    nextOffset = batch.nextOffset();
  }

  private void addRecords(RecordBatch batch, ByteBuffer payload) throws IOException {
    long appendTime = batch.appendTimeMillis();
    cursor.reset(payload, batch.baseOffset(), batch.content().baseTimestampMillis());
    int count = 0;
    long lowest = batch.baseOffset();
    while (cursor.next()) {
      long offset = cursor.offset();
      if (offset < lowest || offset >= batch.nextOffset()) {
        throw damaged(batch, "offset " + offset + " is out of order or out of the batch");
      }
      lowest = offset + 1;
      count++;
      if (range.contains(offset)) {
        addRecord(offset, appendTime);
      }
    }
    if (count != batch.content().count()) {
      throw damaged(batch, "it has " + count + " records and says " + batch.content().count());
    }
  }

  private void addRecord(long offset, long appendTime) throws IOException {
    rowGroup.add(id.partition(), cursor, appendTime, checksum);
    if (rows++ == 0) {
      firstOffset = offset;
    }
    lastOffset = offset;
    long timestamp = cursor.timestampMillis();
    minTimestamp = Math.min(minTimestamp, timestamp);
    maxTimestamp = Math.max(maxTimestamp, timestamp);
    minAppendTime = Math.min(minAppendTime, appendTime);
    maxAppendTime = Math.max(maxAppendTime, appendTime);
    if (rowGroup.isFull()) {
      rowGroup.writeTo(file);
    }
  }

  private ThermoclineException damaged(RecordBatch batch, String problem) {
    return new ThermoclineException(
        ErrorKind.CORRUPT,
        "A batch of %s with offsets %s can't be stored: %s".formatted(id, batch.range(), problem));
  }

  /** Ends the file. Empty, and no file, where there was no record. */
  Optional<WrittenFile> finish() throws IOException {
    if (rows == 0) {
      return Optional.empty();
    }
    if (!rowGroup.isEmpty()) {
      rowGroup.writeTo(file);
    }
    int contentCrc32c = checksum.value();
    file.end(FooterKeys.of(id, range, contentCrc32c, rowGroup.pageChecksums()));
    ContentBounds bounds =
        new ContentBounds(
            firstOffset, lastOffset, minTimestamp, maxTimestamp, minAppendTime, maxAppendTime);
    FileSummary summary = new FileSummary(file.getFooter().getBlocks());
    WrittenFile written =
        new WrittenFile(
            path,
            range,
            rows,
            Files.size(path),
            bounds,
            summary.metrics(id.partition(), rows, bounds),
            summary.splitOffsets(),
            summary.indexCrc32c(path),
            contentCrc32c);
    finished = true;
    return Optional.of(written);
  }

  /** Leaves nothing of a file that was begun here. */
  private void discard(Exception reason) {
    try {
      output.close();
    } catch (IOException e) {
      // What was still buffered could not be written either; the file goes anyway.
      reason.addSuppressed(e);
    }
    try {
      if (output.isCreated()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    compressor.close();
    if (!finished) {
      file.abort();
      IOException failure = new IOException("Data file " + path + " could not be removed");
      discard(failure);
      if (failure.getSuppressed().length > 0) {
        throw failure;
      }
    }
    file.close();
  }
}
