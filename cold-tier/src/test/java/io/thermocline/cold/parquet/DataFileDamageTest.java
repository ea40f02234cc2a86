package io.thermocline.cold.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** More flipped bits: {@code -Dflips=100000}, {@code -Dseed=N} for other ones. */
class DataFileDamageTest {
  private static final int FLIPS = Integer.getInteger("flips", 700);
  private static final long SEED = Long.getLong("seed", 99);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"ZSTD", "NONE"})
  void oneFlippedBitAnywhereIsNeverServed(Compression compression) {
    List<StoredRecord> records = Records.random(new Random(2), 1_000, 400, 1);
    Path path = directory.resolve("data.parquet");
    WrittenFile file =
        new DataFileWriter(new DataFileSettings(compression, 64 * 1024, 4 * 1024))
            .write(
                DataFileFixture.ID,
                DataFileFixture.rangeOf(records),
                DataFileFixture.batches(Compression.NONE, 10, records).iterator(),
                path)
            .orElseThrow();
    LocalRanges source = LocalRanges.of(path);
    byte[] bytes = source.bytes();
    Random random = new Random(SEED);
    int detected = 0;
    for (int i = 0; i < FLIPS; i++) {
      int at = random.nextInt(bytes.length);
      int bit = 1 << random.nextInt(8);
      bytes[at] ^= (byte) bit;
      try {
        // The partition's pages, the Bloom filters and the leading magic are not part of a read.
        assertThat(DataFileFixture.readAll(source, file)).isEqualTo(records);
      } catch (ThermoclineException e) {
        assertThat(e.kind()).as("at %d", at).isEqualTo(ErrorKind.CORRUPT);
        detected++;
      }
      bytes[at] ^= (byte) bit;
    }
    assertThat(detected).isGreaterThan(FLIPS * 9 / 10);
    assertThat(DataFileFixture.readAll(source, file)).isEqualTo(records);
  }

  @Test
  void aFlippedBitInAnyPageHeaderIsFoundOrHarmless() {
    List<StoredRecord> records = Records.odd(0);
    Path path = directory.resolve("data.parquet");
    WrittenFile file = DataFileFixture.write(path, records);
    LocalRanges source = LocalRanges.of(path);
    byte[] bytes = source.bytes();
    FileFooter footer = FileFooter.read(source, OptionalInt.of(file.indexCrc32c()));
    TreeSet<Long> pages = new TreeSet<>();
    for (RowGroup group : footer.rowGroups()) {
      for (int leaf = LogSchema.RECORD_OFFSET; leaf < LogSchema.LEAF_COUNT; leaf++) {
        ColumnChunk chunk = group.chunk(leaf);
        for (int page = 0; page < chunk.pages(); page++) {
          pages.add(chunk.position(page));
        }
      }
    }
    for (long page : pages) {
      for (int bit = (int) page % 3; bit < 32 * Byte.SIZE; bit += 3) {
        int at = (int) page + bit / Byte.SIZE;
        bytes[at] ^= (byte) (1 << bit % Byte.SIZE);
        try {
          assertThat(DataFileFixture.readAll(source, file)).isEqualTo(records);
        } catch (ThermoclineException e) {
          assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT);
        }
        bytes[at] ^= (byte) (1 << bit % Byte.SIZE);
      }
    }
  }

  @Test
  void everyFlippedBitOfTheFooterIsFoundWithItsChecksumAndHarmlessOrAnErrorWithout() {
    List<StoredRecord> records = Records.plain(0, 50);
    Path path = directory.resolve("data.parquet");
    WrittenFile file = DataFileFixture.write(path, records);
    byte[] bytes = LocalRanges.of(path).bytes();
    LocalRanges source = new LocalRanges(bytes);
    int footer = LittleEndian.getInt(bytes, bytes.length - 8);
    for (int at = bytes.length - 8 - footer; at < bytes.length; at++) {
      bytes[at] ^= (byte) (1 << at % 8);
      assertThatThrownBy(() -> FileFooter.read(source, OptionalInt.of(file.indexCrc32c())))
          .isInstanceOfSatisfying(
              ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
      try {
        assertThat(FileFooter.read(source, OptionalInt.empty())).isNotNull();
      } catch (ThermoclineException e) {
        assertThat(e.kind()).isIn(ErrorKind.CORRUPT, ErrorKind.UNSUPPORTED);
      }
      bytes[at] ^= (byte) (1 << at % 8);
    }
  }

  @Test
  void aFileCutShortIsCorruptWhereverItIsCut() {
    Path path = directory.resolve("data.parquet");
    WrittenFile file = DataFileFixture.write(path, Records.plain(0, 200));
    byte[] bytes = LocalRanges.of(path).bytes();
    for (int length = 0; length < bytes.length; length += 7) {
      LocalRanges cut = new LocalRanges(Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> FileFooter.read(cut, OptionalInt.of(file.indexCrc32c())))
          .isInstanceOfSatisfying(
              ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
    }
  }

  @Test
  void anotherFilesFooterIsRefused() {
    WrittenFile one = DataFileFixture.write(directory.resolve("one"), Records.plain(0, 200));
    WrittenFile other = DataFileFixture.write(directory.resolve("other"), Records.plain(7, 200));
    LocalRanges source = LocalRanges.of(other.path());
    assertThatThrownBy(() -> FileFooter.read(source, OptionalInt.of(one.indexCrc32c())))
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
  }
}
