package io.thermocline.cold.parquet;

import io.thermocline.codec.HeaderBuffer;
import io.thermocline.codec.RecordSums;
import java.util.List;

/**
 * Walks the records of a data file in offset order without making objects. What a record's starts
 * index into is good until the next one.
 */
final class RowReader implements AutoCloseable {
  /** What a record's fields take at most, besides the bytes of key, value and headers. */
  static final int RECORD_OVERHEAD = 40;

  private static final int HEADER_OVERHEAD = 18;

  private final FileFooter footer;
  private final FileReads reads;
  private final NumberColumn offsets;
  private final NumberColumn timestamps;
  private final NumberColumn appendTimes;
  private final BytesColumn key;
  private final BytesColumn value;
  private final BytesColumn headerName;
  private final BytesColumn headerValue;

  /** In the order in which they lie in the file. */
  private final List<ChunkPages> columns;

  private final HeaderBuffer headers = new HeaderBuffer();
  private ContentChecksum checksum;
  private RecordSums sums;
  private int headerBytes;
  private int group;
  private int row;
  private int rowsInGroup;

  private long offset;
  private long timestampMillis;
  private long appendTimeMillis;
  private long lowestNext;

  /** Stands before the first record; nothing is read yet. */
  RowReader(RangeSource source, FileFooter footer, ReadSettings settings) {
    this.footer = footer;
    this.lowestNext = footer.range().from();
    reads = new FileReads(source, settings);
    offsets = new NumberColumn(reads);
    timestamps = new NumberColumn(reads);
    appendTimes = new NumberColumn(reads);
    key = new BytesColumn(reads, LogSchema.LEAVES.get(LogSchema.KEY));
    value = new BytesColumn(reads, LogSchema.LEAVES.get(LogSchema.VALUE));
    headerName = new BytesColumn(reads, LogSchema.LEAVES.get(LogSchema.HEADER_NAME));
    headerValue = new BytesColumn(reads, LogSchema.LEAVES.get(LogSchema.HEADER_VALUE));
    columns =
        List.of(
            offsets.pages(),
            timestamps.pages(),
            appendTimes.pages(),
            key.pages(),
            value.pages(),
            headerName.pages(),
            headerValue.pages());
    group = -1;
  }

  /** From here on, adds each record to {@code target}. */
  void checksumInto(ContentChecksum target) {
    checksum = target;
  }

  /** From here on, adds each record to {@code target} too. */
  void sumInto(RecordSums target) {
    sums = target;
  }

  /** From here on, stored bytes are fetched ahead. */
  void readOn() {
    reads.readOn(footer.dataEnd());
  }

  /** Makes the first record at or after {@code from} the next one. */
  void seek(long from, int expectedBytes) {
    group = footer.rowGroupReaching(from);
    if (group == footer.rowGroups().size()) {
      rowsInGroup = 0;
      row = 0;
      return;
    }
    reads.expect(expectedBytes);
    RowGroup found = footer.rowGroups().get(group);
    open(found, RowSearch.rowReaching(found, from, reads));
  }

  private void open(RowGroup next, int firstRow) {
    row = firstRow;
    rowsInGroup = next.rows();
    lowestNext = next.firstOffset();
    int leaf = LogSchema.RECORD_OFFSET;
    for (ChunkPages pages : columns) {
      pages.reset(next.chunk(leaf++));
    }
    reads.fetchFrom(firstRow, columns);
    offsets.seek(firstRow);
    timestamps.seek(firstRow);
    appendTimes.seek(firstRow);
    key.seek(firstRow);
    value.seek(firstRow);
    headerName.seek(firstRow);
    headerValue.seek(firstRow);
  }

  /** Whether the next record can be had without a fetch, or there is none. */
  boolean isNextHere() {
    if (row == rowsInGroup) {
      return group + 1 >= footer.rowGroups().size();
    }
    return offsets.isNextHere()
        && timestamps.isNextHere()
        && appendTimes.isNextHere()
        && key.isNextHere()
        && value.isNextHere()
        && headerName.isNextHere()
        && headerValue.isNextHere();
  }

  /** Goes to the next record. Returns false at the end of the file. */
  boolean next() {
    if (row == rowsInGroup) {
      if (group + 1 >= footer.rowGroups().size()) {
        group = footer.rowGroups().size();
        return false;
      }
      group++;
      open(footer.rowGroups().get(group), 0);
    }
    row++;
    offset = offsets.next();
    if (offset < lowestNext || offset >= footer.range().to()) {
      throw Damage.of(
          reads.location(), "offset " + offset + " is out of order, or outside " + footer.range());
    }
    lowestNext = offset + 1;
    timestampMillis = Micros.toMillis(timestamps.next());
    appendTimeMillis = Micros.toMillis(appendTimes.next());
    key.next();
    value.next();
    if (checksum != null) {
      checksum.record(offset, timestampMillis, appendTimeMillis, key.length(), value.length());
      checksum.bytes(key.array(), key.start(), key.length());
      checksum.bytes(value.array(), value.start(), value.length());
    }
    if (sums != null) {
      sums.begin(
          offset,
          timestampMillis,
          appendTimeMillis,
          key.array(),
          key.start(),
          key.length(),
          value.array(),
          value.start(),
          value.length());
    }
    readHeaders();
    return true;
  }

  private void readHeaders() {
    headers.clear();
    headerBytes = 0;
    boolean more;
    do {
      headerName.next();
      headerValue.next();
      if (headerName.definition() != 0) {
        addHeader();
      }
      more = headerName.continues();
      boolean agree = more == headerValue.continues();
      if (!agree || (headerName.definition() == 0) != (headerValue.definition() == 0)) {
        throw Damage.of(
            reads.location(), "names and values of the headers of offset " + offset + " differ");
      }
    } while (more);
    if (checksum != null) {
      checksum.endRecord();
    }
    if (sums != null) {
      sums.end();
    }
  }

  private void addHeader() {
    byte[] names = headerName.array();
    byte[] values = headerValue.array();
    int nameLength = headerName.length();
    int valueLength = headerValue.length();
    headers.add(names, headerName.start(), nameLength, values, headerValue.start(), valueLength);
    headerBytes += HEADER_OVERHEAD + nameLength + Math.max(0, valueLength);
    if (checksum != null) {
      checksum.header(nameLength, valueLength);
      checksum.bytes(names, headerName.start(), nameLength);
      checksum.bytes(values, headerValue.start(), valueLength);
    }
    if (sums != null) {
      sums.header(names, headerName.start(), nameLength, values, headerValue.start(), valueLength);
    }
  }

  long offset() {
    return offset;
  }

  long timestampMillis() {
    return timestampMillis;
  }

  long appendTimeMillis() {
    return appendTimeMillis;
  }

  BytesColumn key() {
    return key;
  }

  BytesColumn value() {
    return value;
  }

  HeaderBuffer headers() {
    return headers;
  }

  /** No less than what the record takes in a batch. */
  long sizeInBytes() {
    return (long) RECORD_OVERHEAD
        + Math.max(0, key.length())
        + Math.max(0, value.length())
        + headerBytes;
  }

  @Override
  public void close() {
    reads.close();
  }
}
