package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Reads a file's footer and page indexes. The order matters, as nothing may be believed before it
 * is checked: the footer is parsed within its own length only to learn where the indexes begin;
 * then the checksum over all of it is compared; then the rest is looked at.
 */
final class FooterReader {
  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final int TRAILER_BYTES = Integer.BYTES + MAGIC.length;
  private static final int MAX_TAIL_BYTES = 32 << 20;

  private final RangeSource source;
  private final OptionalInt expectedCrc32c;
  private final int firstReadBytes;

  /** The file's end, from {@link #tailStart} on. */
  private byte[] tail;

  private long tailStart;

  FooterReader(RangeSource source, OptionalInt expectedCrc32c, int firstReadBytes) {
    this.source = source;
    this.expectedCrc32c = expectedCrc32c;
    this.firstReadBytes = firstReadBytes;
  }

  FileFooter read() {
    try {
      return readChecked();
    } catch (IOException | RuntimeException e) {
      // The parsers throw what they like on bytes that are not what they expect.
      throw e instanceof ThermoclineException known
          ? known
          : Damage.of(source.location(), "its footer can't be read", e);
    }
  }

  private FileFooter readChecked() throws IOException {
    long length = source.length();
    if (length < MAGIC.length + TRAILER_BYTES) {
      throw damaged("it has only " + length + " bytes");
    }
    readTail(Math.max(0, length - firstReadBytes));
    int end = tail.length;
    if (!Arrays.equals(tail, end - MAGIC.length, end, MAGIC, 0, MAGIC.length)) {
      throw damaged("it does not end like a Parquet file");
    }
    int footerBytes = LittleEndian.getInt(tail, end - TRAILER_BYTES);
    if (footerBytes <= 0 || footerBytes > length - MAGIC.length - TRAILER_BYTES) {
      throw damaged("its footer can't have " + footerBytes + " bytes");
    }
    long footerStart = length - TRAILER_BYTES - footerBytes;
    readTail(footerStart);
    FileMetaData meta = StoredThrift.read(new FileMetaData(), stream(footerStart, footerBytes));
    long indexStart = indexStart(meta, footerStart);
    readTail(indexStart);
    checkCrc(indexStart);
    return footer(meta);
  }

  /** Makes sure that the tail reaches down to {@code start}. */
  private void readTail(long start) {
    long length = source.length();
    if (tail != null && start >= tailStart) {
      return;
    }
    if (length - start > MAX_TAIL_BYTES) {
      throw damaged("its footer and indexes can't have " + (length - start) + " bytes");
    }
    int have = tail == null ? 0 : tail.length;
    int more = (int) (length - start) - have;
    byte[] longer = new byte[more + have];
    source.readFully(start, longer, 0, more);
    if (have > 0) {
      System.arraycopy(tail, 0, longer, more, have);
    }
    tail = longer;
    tailStart = start;
  }

  private static long indexStart(FileMetaData meta, long footerStart) {
    long start = footerStart;
    for (org.apache.parquet.format.RowGroup group : meta.getRow_groups()) {
      for (org.apache.parquet.format.ColumnChunk chunk : group.getColumns()) {
        if (chunk.isSetColumn_index_offset()) {
          start = Math.min(start, chunk.getColumn_index_offset());
        }
        if (chunk.isSetOffset_index_offset()) {
          start = Math.min(start, chunk.getOffset_index_offset());
        }
      }
    }
    if (start < MAGIC.length) {
      throw new IllegalArgumentException("the indexes can't begin at " + start);
    }
    return start;
  }

  private void checkCrc(long start) {
    if (expectedCrc32c.isEmpty()) {
      return;
    }
    CRC32C crc = new CRC32C();
    crc.update(tail, (int) (start - tailStart), (int) (source.length() - start));
    if ((int) crc.getValue() != expectedCrc32c.getAsInt()) {
      throw damaged(
          "footer and indexes have the checksum %08x, it should be %08x"
              .formatted((int) crc.getValue(), expectedCrc32c.getAsInt()));
    }
  }

  private FileFooter footer(FileMetaData meta) throws IOException {
    Map<String, String> keys = new HashMap<>();
    if (meta.isSetKey_value_metadata()) {
      for (KeyValue pair : meta.getKey_value_metadata()) {
        keys.put(pair.getKey(), pair.getValue());
      }
    }
    String format = required(keys, FooterKeys.FORMAT);
    if (!format.equals(FooterKeys.FORMAT_VERSION)) {
      throw new ThermoclineException(
          ErrorKind.UNSUPPORTED,
          "Data file %s has format %s, this version reads up to %s: read it with a newer one"
              .formatted(source.location(), format, FooterKeys.FORMAT_VERSION));
    }
    checkSchema(meta);
    OffsetRange range =
        new OffsetRange(
            Long.parseLong(required(keys, FooterKeys.FROM)),
            Long.parseLong(required(keys, FooterKeys.TO)));
    List<RowGroup> groups = new ArrayList<>();
    PageChecksums.Stored checksums = new PageChecksums.Stored(keys.get(FooterKeys.PAGE_CRC32));
    for (org.apache.parquet.format.RowGroup group : meta.getRow_groups()) {
      groups.add(rowGroup(group, checksums));
    }
    checksums.end();
    checkOffsets(groups, range, meta.getNum_rows());
    return new FileFooter(
        new FileFooter.Contents(
            UUID.fromString(required(keys, FooterKeys.TOPIC_ID)),
            Integer.parseInt(required(keys, FooterKeys.PARTITION)),
            range,
            meta.getNum_rows(),
            Integer.parseUnsignedInt(required(keys, FooterKeys.CONTENT_CRC32C), 16)),
        groups);
  }

  private String required(Map<String, String> keys, String key) {
    String value = keys.get(key);
    if (value == null) {
      throw damaged("its footer has no " + key);
    }
    return value;
  }

  /** The first columns must be ours; others may follow. */
  private void checkSchema(FileMetaData meta) throws IOException {
    MessageType schema =
        new ParquetMetadataConverter().fromParquetMetadata(meta).getFileMetaData().getSchema();
    for (int i = 0; i < LogSchema.PARQUET.getFieldCount(); i++) {
      Type expected = LogSchema.PARQUET.getType(i);
      if (i >= schema.getFieldCount() || !schema.getType(i).equals(expected)) {
        throw damaged("column " + i + " is not '" + expected + "'");
      }
    }
  }

  private RowGroup rowGroup(
      org.apache.parquet.format.RowGroup group, PageChecksums.Stored checksums) throws IOException {
    List<ColumnChunk> chunks = new ArrayList<>();
    for (int leaf = 0; leaf < LogSchema.LEAF_COUNT; leaf++) {
      org.apache.parquet.format.ColumnChunk chunk = group.getColumns().get(leaf);
      ColumnMetaData meta = chunk.getMeta_data();
      if (!meta.getPath_in_schema().equals(List.of(LogSchema.LEAVES.get(leaf).getPath()))) {
        throw damaged("a row group has its columns in another order");
      }
      OffsetIndex offsets =
          StoredThrift.read(
              new OffsetIndex(),
              stream(chunk.getOffset_index_offset(), chunk.getOffset_index_length()));
      boolean bounded = leaf == LogSchema.RECORD_OFFSET || leaf == LogSchema.TIMESTAMP;
      ColumnIndex values =
          bounded
              ? StoredThrift.read(
                  new ColumnIndex(),
                  stream(chunk.getColumn_index_offset(), chunk.getColumn_index_length()))
              : null;
      int[] pages = checksums.next(offsets.getPage_locationsSize());
      ColumnChunk made = ColumnChunk.of(meta, offsets, values, group.getNum_rows(), pages);
      // Before memory is taken for a page.
      if (made.position(0) < MAGIC.length || made.position(made.pages()) > source.length()) {
        throw damaged("a column's pages can't lie from " + made.position(0) + " on");
      }
      chunks.add(made);
    }
    return new RowGroup(chunks);
  }

  /** Offsets ascend from page to page, inside the range, with room for each page's rows. */
  private void checkOffsets(List<RowGroup> groups, OffsetRange range, long rows) {
    long next = range.from();
    long counted = 0;
    for (RowGroup group : groups) {
      ColumnChunk offsets = group.offsets();
      for (int page = 0; page < offsets.pages(); page++) {
        long span = offsets.max(page) - offsets.min(page) + 1;
        if (offsets.min(page) < next || span < offsets.rowsIn(page)) {
          throw damaged("its offset index has offset " + offsets.min(page) + " out of place");
        }
        next = offsets.max(page) + 1;
      }
      counted += group.rows();
    }
    if (next > range.to() || counted != rows || rows == 0) {
      throw damaged(
          "its row groups have %d rows up to offset %d, it should be %d rows in %s"
              .formatted(counted, next, rows, range));
    }
  }

  private ByteArrayInputStream stream(long position, int length) {
    long at = position - tailStart;
    if (at < 0 || length <= 0 || at + length > tail.length) {
      throw damaged("an index can't lie at " + position + " with " + length + " bytes");
    }
    return new ByteArrayInputStream(tail, (int) at, length);
  }

  private ThermoclineException damaged(String problem) {
    return Damage.of(source.location(), problem);
  }
}
