package io.thermocline.cold.parquet;

import static io.thermocline.cold.parquet.DataFileFixture.APPENDED;
import static io.thermocline.cold.parquet.DataFileFixture.SMALL_READS;
import static io.thermocline.cold.parquet.DataFileFixture.drain;
import static io.thermocline.cold.parquet.DataFileFixture.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataFileSeekTest {
  @TempDir Path directory;

  private Path file() {
    return directory.resolve("data.parquet");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void aReadFromAnyOffsetStartsAtTheFirstRecordFromThereOn(int maxGap) {
    List<StoredRecord> records = Records.random(new Random(maxGap), 500, 900, maxGap);
    OffsetRange range = new OffsetRange(490, records.get(899).offset() + 10);
    WrittenFile file =
        DataFileFixture.write(
            file(), range, DataFileFixture.batches(Compression.NONE, 10, records));
    LocalRanges source = LocalRanges.of(file());
    DataFileReader reader = reader(source, file);
    int next = 0;
    for (long from = 0; from < range.to() + 2; from++) {
      while (next < records.size() && records.get(next).offset() < from) {
        next++;
      }
      List<StoredRecord> expected = records.subList(next, Math.min(next + 3, records.size()));
      try (DataFileCursor cursor = reader.cursor(from)) {
        List<StoredRecord> read = new ArrayList<>();
        List<RecordBatch> some = cursor.read(1);
        while (!some.isEmpty() && read.size() < 3) {
          read.addAll(TestBatches.decode(some));
          assertThat(cursor.nextOffset()).isGreaterThan(read.get(read.size() - 1).offset());
          some = cursor.read(1);
        }
        assertThat(read).isEqualTo(expected);
        assertThat(cursor.isAtEnd() || !some.isEmpty()).isTrue();
      }
    }
  }

  @Test
  void onReadsAreTheSameWhateverTheirSizes() {
    List<StoredRecord> records = Records.random(new Random(3), 0, 1_200, 2);
    WrittenFile file = DataFileFixture.write(file(), records);
    LocalRanges source = LocalRanges.of(file());
    for (int maxBytes : new int[] {1, 999, 8 * 1024, 100_000, 1 << 30}) {
      try (DataFileCursor cursor = reader(source, file).cursor(0)) {
        assertThat(TestBatches.decode(drain(cursor, maxBytes))).isEqualTo(records);
        assertThat(cursor.isAtEnd()).isTrue();
        assertThat(cursor.nextOffset()).isEqualTo(file.range().to());
        assertThat(cursor.read(1_000)).isEmpty();
      }
    }
  }

  @Test
  void aReadGivesNoMoreThanItWasAskedForUnlessOneRecordIsLarger() {
    List<StoredRecord> records = Records.random(new Random(8), 0, 600);
    WrittenFile file = DataFileFixture.write(file(), records);
    try (DataFileCursor cursor = reader(LocalRanges.of(file()), file).cursor(0)) {
      List<RecordBatch> batches = cursor.read(30_000);
      while (!batches.isEmpty()) {
        int bytes = batches.stream().mapToInt(RecordBatch::sizeInBytes).sum();
        int count = batches.stream().mapToInt(batch -> batch.content().count()).sum();
        assertThat(bytes <= 30_000 || count == 1).isTrue();
        batches = cursor.read(30_000);
      }
    }
  }

  @Test
  void theLastReadGoesOnToTheEndOfTheRangeOverTheGap() {
    List<StoredRecord> records = Records.plain(10, 5);
    WrittenFile file =
        DataFileFixture.write(
            file(),
            new OffsetRange(0, 100),
            DataFileFixture.batches(Compression.NONE, 10, records));
    try (DataFileCursor cursor = reader(LocalRanges.of(file()), file).cursor(2)) {
      assertThat(TestBatches.decode(cursor.read(1 << 20))).isEqualTo(records);
      assertThat(cursor.nextOffset()).isEqualTo(100);
    }
    try (DataFileCursor cursor = reader(LocalRanges.of(file()), file).cursor(15)) {
      assertThat(cursor.read(1 << 20)).isEmpty();
      assertThat(cursor.nextOffset()).isEqualTo(100);
    }
  }

  @Test
  void aCursorGoesOnAfterAFailureWhereItWas() {
    List<StoredRecord> records = Records.random(new Random(5), 0, 800);
    WrittenFile file = DataFileFixture.write(file(), records);
    LocalRanges sound = LocalRanges.of(file());
    FlakyRanges source = new FlakyRanges(sound);
    FileFooter footer = FileFooter.read(sound, OptionalInt.of(file.indexCrc32c()));
    List<StoredRecord> read = new ArrayList<>();
    int failures = 0;
    try (DataFileCursor cursor = new DataFileReader(source, footer, SMALL_READS).cursor(0)) {
      while (!cursor.isAtEnd()) {
        try {
          read.addAll(TestBatches.decode(cursor.read(20_000)));
        } catch (ThermoclineException e) {
          assertThat(e.kind()).isEqualTo(ErrorKind.TRANSIENT);
          failures++;
        }
      }
    }
    assertThat(read).isEqualTo(records);
    assertThat(failures).isGreaterThan(3);
  }

  @Test
  void aSingleRecordCostsFewRequestsAndFewBytes() {
    List<StoredRecord> records = Records.plain(0, 20_000);
    DataFileSettings settings = new DataFileSettings(Compression.ZSTD, 8 << 20, 16 * 1024);
    WrittenFile file =
        new DataFileWriter(settings)
            .write(
                DataFileFixture.ID,
                new OffsetRange(0, 20_000),
                DataFileFixture.batches(Compression.NONE, 20_000, records).iterator(),
                file())
            .orElseThrow();
    LocalRanges source = LocalRanges.of(file());
    FileFooter footer = FileFooter.read(source, OptionalInt.of(file.indexCrc32c()));
    source.requests.set(0);
    source.requestedBytes.set(0);
    ReadSettings reads = new ReadSettings(4 << 20, 4 * 1024, 1 << 20, Compression.NONE);
    try (DataFileCursor cursor = new DataFileReader(source, footer, reads).cursor(11_111)) {
      assertThat(TestBatches.decode(cursor.read(1))).isEqualTo(records.subList(11_111, 11_112));
    }
    assertThat(source.requests.get()).isLessThanOrEqualTo(6);
    assertThat(source.requestedBytes.get()).isLessThan(file.bytes() / 2);
  }

  @Test
  void timestampsAreFoundInEveryRangeAsByReadingAll() {
    Random random = new Random(11);
    List<StoredRecord> records = Records.random(random, 100, 1_000, 3);
    WrittenFile file = DataFileFixture.write(file(), records);
    DataFileReader reader = reader(LocalRanges.of(file()), file);
    long end = file.range().to();
    for (int i = 0; i < 400; i++) {
      long from = random.nextLong(90, end + 5);
      OffsetRange range = new OffsetRange(from, from + random.nextLong(end));
      long timestamp = Records.NOON + random.nextLong(-120_000, 120_000);
      assertThat(reader.offsetForTimestamp(range, timestamp).map(found -> found.offset()))
          .isEqualTo(
              records.stream()
                  .filter(record -> range.contains(record.offset()))
                  .filter(record -> record.timestampMillis() >= timestamp)
                  .map(StoredRecord::offset)
                  .findFirst());
      LargestTimestamp largest = new LargestTimestamp();
      records.stream()
          .filter(record -> range.contains(record.offset()))
          .forEach(record -> largest.offer(record.offset(), record.timestampMillis()));
      assertThat(reader.maxTimestamp(range)).isEqualTo(largest.found());
    }
    assertThat(reader.offsetForTimestamp(file.range(), Long.MIN_VALUE))
        .hasValueSatisfying(
            found -> {
              assertThat(found.offset()).isEqualTo(100);
              assertThat(found.timestampMillis()).isEqualTo(records.get(0).timestampMillis());
            });
    assertThat(reader.offsetForTimestamp(file.range(), Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void appendTimesOfTheManifestAreThoseOfTheRecords() {
    List<StoredRecord> records = Records.plain(0, 100);
    WrittenFile file = DataFileFixture.write(file(), records);
    assertThat(file.content().minAppendTimeMillis()).isEqualTo(APPENDED);
    assertThat(file.content().maxAppendTimeMillis()).isEqualTo(APPENDED + 9);
    assertThat(file.metrics().recordCount()).isEqualTo(100);
    assertThat(file.metrics().lowerBounds()).containsOnlyKeys(1, 2, 3, 4);
    assertThat(file.metrics().upperBounds()).containsOnlyKeys(1, 2, 3, 4);
    assertThat(file.metrics().valueCounts()).containsOnlyKeys(1, 2, 3, 4);
  }

  @Test
  void aNewerFormatIsRefusedByName() {
    WrittenFile file = DataFileFixture.write(file(), Records.plain(0, 10));
    byte[] bytes = LocalRanges.of(file()).bytes();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("thermocline.format") + "thermocline.format".length() + 2;
    assertThat(bytes[at]).isEqualTo((byte) '1');
    bytes[at] = '2';
    assertThatThrownBy(() -> FileFooter.read(new LocalRanges(bytes), OptionalInt.empty()))
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED));
    assertThat(file.rows()).isEqualTo(10);
  }
}
