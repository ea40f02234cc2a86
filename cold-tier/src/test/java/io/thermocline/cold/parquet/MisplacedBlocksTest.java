package io.thermocline.cold.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Blocks of a disk that are zeros, or hold what belongs elsewhere: each is told as damage wherever
 * a read meets it, and never served.
 */
class MisplacedBlocksTest {
  private static final int BLOCK = 4096;
  private static final int RECORDS = 300;

  @TempDir Path directory;
  private List<StoredRecord> records;
  private WrittenFile file;
  private LocalRanges source;

  /** The file's own bytes, those that are damaged too. */
  private byte[] bytes;

  /** The same, as they were. */
  private byte[] whole;

  /** Where a read of all records looks: from, to. */
  private List<int[]> needed;

  private void write(Compression compression) {
    write(compression, Records.random(new Random(3), 1_000, RECORDS, 1));
  }

  private void write(Compression compression, List<StoredRecord> content) {
    records = content;
    file = write("data.parquet", compression, records);
    source = LocalRanges.of(file.path());
    bytes = source.bytes();
    whole = bytes.clone();
    needed = pages();
    needed.add(new int[] {indexStart(), bytes.length});
  }

  private WrittenFile write(String name, Compression compression, List<StoredRecord> content) {
    return new DataFileWriter(new DataFileSettings(compression, 256 * 1024, 4 * 1024))
        .write(
            DataFileFixture.ID,
            DataFileFixture.rangeOf(content),
            DataFileFixture.batches(Compression.NONE, 10, content).iterator(),
            directory.resolve(name))
        .orElseThrow();
  }

  private FileFooter footer() {
    return FileFooter.read(source, OptionalInt.of(file.indexCrc32c()));
  }

  /** Where the page indexes begin, behind which all has one checksum. */
  private int indexStart() {
    int length = LittleEndian.getInt(bytes, bytes.length - 8);
    try {
      return Util.readFileMetaData(
              new ByteArrayInputStream(bytes, bytes.length - 8 - length, length))
          .getRow_groups()
          .stream()
          .flatMap(group -> group.getColumns().stream())
          .mapToInt(chunk -> (int) chunk.getColumn_index_offset())
          .filter(at -> at > 0)
          .min()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The pages of all columns but the partition's, which a read has no use for. */
  private List<int[]> pages() {
    List<int[]> pages = new ArrayList<>();
    for (RowGroup group : footer().rowGroups()) {
      for (int leaf = LogSchema.RECORD_OFFSET; leaf < LogSchema.LEAF_COUNT; leaf++) {
        ColumnChunk chunk = group.chunk(leaf);
        for (int page = 0; page < chunk.pages(); page++) {
          pages.add(new int[] {(int) chunk.position(page), (int) chunk.position(page + 1)});
        }
      }
    }
    return pages;
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "NONE"})
  void blocksOfZeros(Compression compression) {
    write(compression);
    for (int block = 0; block < blocks(); block++) {
      Arrays.fill(bytes, block * BLOCK, end(block), (byte) 0);
      isFound("block " + block + " of zeros");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "NONE"})
  void blocksThatHoldAnotherBlocksBytes(Compression compression) {
    write(compression);
    Random random = new Random(4);
    for (int block = 0; block < blocks(); block++) {
      int other = random.nextInt(blocks());
      put(whole, other, block);
      isFound("block " + other + " once more at " + block);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "NONE"})
  void blocksThatTookEachOthersPlace(Compression compression) {
    write(compression);
    Random random = new Random(5);
    for (int block = 0; block < blocks() - 1; block++) {
      int other = random.nextInt(blocks() - 1);
      put(whole, other, block);
      put(whole, block, other);
      isFound("blocks " + block + " and " + other + " swapped");
    }
  }

  /** Of a file with the same columns, of the same partition, written with the same settings. */
  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "NONE"})
  void blocksThatAreMeantForAnotherFile(Compression compression) {
    write(compression);
    WrittenFile other =
        write("other.parquet", compression, Records.random(new Random(6), 9_000, RECORDS, 1));
    byte[] foreign = LocalRanges.of(other.path()).bytes();
    for (int block = 0; block < Math.min(blocks(), foreign.length / BLOCK); block++) {
      put(foreign, block, block);
      isFound("block " + block + " of another file");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "NONE"})
  void pagesOfZeros(Compression compression) {
    write(compression);
    for (int[] page : pages()) {
      Arrays.fill(bytes, page[0], page[1], (byte) 0);
      isFound("page of zeros at " + page[0]);
    }
  }

  /** Each page is whole, and says nothing of its place: only the footer's list of them does. */
  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "NONE"})
  void wholePagesOfOneSizeThatTookEachOthersPlace(Compression compression) {
    List<StoredRecord> alike = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      alike.add(StoredRecord.of(i, Records.NOON, "key", "value-%04d".formatted(i)));
    }
    write(compression, alike);
    int swapped = 0;
    for (int[] first : pages()) {
      for (int[] second : pages()) {
        int length = first[1] - first[0];
        if (first[0] < second[0] && length == second[1] - second[0]) {
          System.arraycopy(whole, second[0], bytes, first[0], length);
          System.arraycopy(whole, first[0], bytes, second[0], length);
          isFound("pages at " + first[0] + " and " + second[0] + " swapped");
          swapped++;
        }
      }
    }
    assertThat(swapped).isPositive();
  }

  private int blocks() {
    return (bytes.length + BLOCK - 1) / BLOCK;
  }

  private int end(int block) {
    return Math.min(bytes.length, (block + 1) * BLOCK);
  }

  private void put(byte[] from, int block, int at) {
    int length = Math.min(end(at) - at * BLOCK, from.length - block * BLOCK);
    System.arraycopy(from, block * BLOCK, bytes, at * BLOCK, length);
  }

  /** Reads all, then mends the file. */
  private void isFound(String what) {
    boolean isMet =
        needed.stream()
            .anyMatch(
                range -> !Arrays.equals(bytes, range[0], range[1], whole, range[0], range[1]));
    if (isMet) {
      assertThatThrownBy(() -> DataFileFixture.readAll(source, file))
          .as(what)
          .isInstanceOfSatisfying(
              ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
    } else {
      assertThat(DataFileFixture.readAll(source, file)).as(what).isEqualTo(records);
    }
    System.arraycopy(whole, 0, bytes, 0, bytes.length);
  }
}
