package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.CRC32;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;

/**
 * The pages of one column, one at a time: taken from a window of stored bytes, checked against
 * their checksum and the offset index, decompressed.
 */
final class ChunkPages {
  /** What one large page took is let go when it is more than this. */
  private static final int KEPT_BYTES = 1 << 20;

  private final FileReads reads;
  private final Encoding encoding;
  private final CRC32 crc = new CRC32();
  private ColumnChunk chunk;

  /**
   * Holds stored bytes of the file from {@link #windowStart} to {@link #windowEnd}. Used again for
   * each window: nobody but this column's reader has it, and only until it asks for another page.
   */
  private byte[] window = new byte[0];

  private int windowOffset;
  private long windowStart;
  private long windowEnd;

  private byte[] decompressed = new byte[0];
  private byte[] array;
  private int start;
  private int end;
  private int valueCount;

  ChunkPages(FileReads reads, Encoding encoding) {
    this.reads = reads;
    this.encoding = encoding;
  }

  ColumnChunk chunk() {
    return chunk;
  }

  /** Goes over to another row group's chunk. */
  void reset(ColumnChunk next) {
    chunk = next;
    windowStart = 0;
    windowEnd = 0;
  }

  /**
   * Where the next window's stored bytes go; from then on the last window's are gone.
   *
   * @param kept bytes that stay in memory; what is more goes with the next window that is not
   */
  byte[] room(int length, int kept) {
    windowStart = 0;
    windowEnd = 0;
    if (window.length < length || (window.length > kept && length <= kept)) {
      window = new byte[length <= kept ? Math.min(kept, length + length / 4) : length];
    }
    return window;
  }

  /** Says what lies in the room: its byte at {@code offset} is the file's at {@code from}. */
  void offer(int offset, long from, long to) {
    windowOffset = offset;
    windowStart = from;
    windowEnd = to;
  }

  /** Up to where in the file stored bytes were taken. */
  long windowEnd() {
    return windowEnd;
  }

  /** Whether there is such a page, and its stored bytes need not be fetched. */
  boolean isHere(int page) {
    return page < chunk.pages()
        && chunk.position(page) >= windowStart
        && chunk.position(page + 1) <= windowEnd;
  }

  /** Opens a page: from then on it is what {@link #array} holds. */
  void load(int page) {
    if (!isHere(page)) {
      reads.fetch(this, page);
    }
    try {
      open(page);
    } catch (IOException | RuntimeException e) {
      throw e instanceof ThermoclineException known
          ? known
          : Damage.of(reads.location(), "page at " + chunk.position(page) + " can't be read", e);
    }
  }

  private void open(int page) throws IOException {
    int size = chunk.bytesOf(page);
    int at = windowOffset + (int) (chunk.position(page) - windowStart);
    ByteArrayInputStream stored = new ByteArrayInputStream(window, at, size);
    PageHeader header = StoredThrift.read(new PageHeader(), stored);
    int bodySize = stored.available();
    int body = at + size - bodySize;
    checkHeader(header, page, bodySize);
    crc.reset();
    crc.update(window, body, bodySize);
    if ((int) crc.getValue() != header.getCrc()) {
      throw damaged(page, "its checksum does not match");
    }
    if (!chunk.belongs(page, header.getCrc())) {
      throw damaged(page, "it is whole, but another page belongs there");
    }
    valueCount = header.getData_page_header().getNum_values();
    if (chunk.codec() == CompressionCodec.UNCOMPRESSED) {
      array = window;
      start = body;
      end = body + bodySize;
      return;
    }
    int length = header.getUncompressed_page_size();
    PageDecompressor.checkSize(window, body, bodySize, length);
    boolean tooLarge = decompressed.length > KEPT_BYTES && length <= KEPT_BYTES;
    if (decompressed.length < length || tooLarge) {
      decompressed = new byte[length + length / 8];
    }
    reads.decompressor().decompress(window, body, bodySize, decompressed, length);
    array = decompressed;
    start = 0;
    end = length;
  }

  private void checkHeader(PageHeader header, int page, int bodySize) {
    DataPageHeader data = header.getData_page_header();
    if (header.getType() != PageType.DATA_PAGE || data == null || !header.isSetCrc()) {
      throw damaged(page, "it is not a data page with a checksum");
    }
    boolean plainLevels =
        data.getDefinition_level_encoding() == Encoding.RLE
            && data.getRepetition_level_encoding() == Encoding.RLE;
    if (header.getCompressed_page_size() != bodySize
        || data.getNum_values() < chunk.rowsIn(page)
        || !plainLevels) {
      throw damaged(page, "its header does not agree with the offset index");
    }
    if (data.getEncoding() != encoding) {
      throw damaged(page, "its values are " + data.getEncoding() + ", not " + encoding);
    }
    CompressionCodec codec = chunk.codec();
    if (codec != CompressionCodec.ZSTD && codec != CompressionCodec.UNCOMPRESSED) {
      throw new ThermoclineException(
          ErrorKind.UNSUPPORTED,
          "Data file %s is compressed with %s: only zstd and none are read"
              .formatted(reads.location(), codec));
    }
  }

  ThermoclineException damaged(int page, String problem) {
    return Damage.of(
        reads.location(), "page at " + chunk.position(page) + " can't be read: " + problem);
  }

  /** What holds the page. */
  byte[] array() {
    return array;
  }

  /** Where the page begins in {@link #array}. */
  int start() {
    return start;
  }

  /** Where it ends. */
  int end() {
    return end;
  }

  /** How many values the page says it has, nulls counted. */
  int valueCount() {
    return valueCount;
  }
}
