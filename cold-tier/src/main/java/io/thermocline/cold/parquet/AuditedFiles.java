package io.thermocline.cold.parquet;

import io.thermocline.codec.BatchLimits;
import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.model.BatchContent;
import io.thermocline.model.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The batches of several data files, one after the other. At the end of each file its records are
 * held against its checksum. One thread.
 */
final class AuditedFiles implements Iterator<RecordBatch>, AutoCloseable {
  /** Read at a time; batches are handed on one by one. */
  private static final int READ_BYTES = 4 << 20;

  private final Iterator<DataFileReader> files;
  private final Deque<RecordBatch> read = new ArrayDeque<>();
  private final PayloadReader payloads =
      new PayloadReader(BatchLimits.defaults().maxUncompressedBytes());
  private final RecordCursor records = new RecordCursor();
  private final ContentChecksum all = new ContentChecksum();
  private ContentChecksum ofFile = new ContentChecksum();
  private DataFileReader file;
  private DataFileCursor cursor;
  private long rowsOfFile;
  private long rows;

  AuditedFiles(Iterator<DataFileReader> files) {
    this.files = files;
  }

  @Override
  public boolean hasNext() {
    while (read.isEmpty() && (cursor != null || files.hasNext())) {
      if (cursor == null) {
        file = files.next();
        cursor = file.cursor(file.footer().range().from());
      }
      List<RecordBatch> next = cursor.read(READ_BYTES);
      next.forEach(this::sum);
      read.addAll(next);
      if (cursor.isAtEnd()) {
        endFile();
      }
    }
    return !read.isEmpty();
  }

  @Override
  public RecordBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return read.remove();
  }

  private void sum(RecordBatch batch) {
    BatchContent content = batch.content();
    ByteBuffer payload = payloads.open(content);
    for (ContentChecksum checksum : List.of(ofFile, all)) {
      records.reset(payload, batch.baseOffset(), content.baseTimestampMillis());
      while (records.next()) {
        checksum.add(records, batch.appendTimeMillis());
      }
    }
    rowsOfFile += content.count();
  }

  private void endFile() {
    FileFooter footer = file.footer();
    if (rowsOfFile != footer.rows() || ofFile.value() != footer.contentCrc32c()) {
      throw Damage.of(
          file.location(),
          "its %d records have the checksum %08x, it should be %d with %08x"
              .formatted(rowsOfFile, ofFile.value(), footer.rows(), footer.contentCrc32c()));
    }
    rows += rowsOfFile;
    rowsOfFile = 0;
    ofFile = new ContentChecksum();
    cursor.close();
    cursor = null;
  }

  /** Makes sure that no record was left over. */
  void requireAtEnd() {
    if (hasNext()) {
      throw Damage.of(file.location(), "it has records past the range it is merged into");
    }
  }

  /** Records of the files that were read to their end. */
  long rows() {
    return rows;
  }

  /** Checksum of all records that were read. */
  int contentCrc32c() {
    return all.value();
  }

  @Override
  public void close() {
    if (cursor != null) {
      cursor.close();
    }
  }
}
