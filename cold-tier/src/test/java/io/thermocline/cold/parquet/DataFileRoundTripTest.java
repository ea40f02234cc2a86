package io.thermocline.cold.parquet;

import static io.thermocline.cold.parquet.DataFileFixture.ID;
import static io.thermocline.cold.parquet.DataFileFixture.batches;
import static io.thermocline.cold.parquet.DataFileFixture.drain;
import static io.thermocline.cold.parquet.DataFileFixture.rangeOf;
import static io.thermocline.cold.parquet.DataFileFixture.readAll;
import static io.thermocline.cold.parquet.DataFileFixture.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredHeader;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataFileRoundTripTest {
  @TempDir Path directory;

  private Path file() {
    return directory.resolve("data.parquet");
  }

  @ParameterizedTest
  @EnumSource
  void oddRecordsComeBackAsTheyWereWhateverTheirBatchesWereCompressedWith(Compression source) {
    List<StoredRecord> records = Records.odd(1_000);
    WrittenFile file = DataFileFixture.write(file(), rangeOf(records), batches(source, 3, records));
    assertThat(readAll(LocalRanges.of(file()), file)).isEqualTo(records);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void randomRecordsWithGapsComeBackOverManyRowGroups(long seed) {
    List<StoredRecord> records = Records.random(new Random(seed), seed * 1_000_000, 1_500, 4);
    WrittenFile file =
        DataFileFixture.write(file(), rangeOf(records), batches(Compression.LZ4, 17, records));
    LocalRanges source = LocalRanges.of(file());
    assertThat(readAll(source, file)).isEqualTo(records);
    assertThat(file.splitOffsets()).hasSizeGreaterThan(3);
    reader(source, file).verify();
  }

  @Test
  void pagesWithoutCompressionComeBackToo() {
    List<StoredRecord> records = Records.random(new Random(9), 0, 500);
    DataFileSettings plain = new DataFileSettings(Compression.NONE, 64 * 1024, 4 * 1024);
    WrittenFile file =
        new DataFileWriter(plain)
            .write(ID, rangeOf(records), batches(Compression.NONE, 7, records).iterator(), file())
            .orElseThrow();
    assertThat(readAll(LocalRanges.of(file()), file)).isEqualTo(records);
  }

  @Test
  void manySingleRecordBatchesKeepEachTheirAppendTime() {
    List<StoredRecord> records = Records.plain(5, 3_000);
    List<RecordBatch> written = batches(Compression.NONE, 1, records);
    WrittenFile file = DataFileFixture.write(file(), rangeOf(records), written);
    List<RecordBatch> read;
    try (DataFileCursor cursor = reader(LocalRanges.of(file()), file).cursor(5)) {
      read = drain(cursor, 1 << 20);
    }
    assertThat(TestBatches.decode(read)).isEqualTo(records);
    assertThat(read)
        .extracting(RecordBatch::appendTimeMillis)
        .isEqualTo(written.stream().map(RecordBatch::appendTimeMillis).toList());
  }

  @Test
  void recordsOfOneAppendTimeAreMergedIntoLargerBatches() {
    List<StoredRecord> records = Records.plain(0, 1_000);
    List<RecordBatch> written =
        records.stream()
            .map(record -> TestBatches.batch(Compression.NONE, 77, List.of(record)))
            .toList();
    WrittenFile file = DataFileFixture.write(file(), rangeOf(records), written);
    try (DataFileCursor cursor = reader(LocalRanges.of(file()), file).cursor(0)) {
      List<RecordBatch> read = drain(cursor, 1 << 20);
      assertThat(TestBatches.decode(read)).isEqualTo(records);
      assertThat(read).hasSizeLessThan(10).allMatch(batch -> batch.sizeInBytes() <= 8 * 1024);
    }
  }

  @Test
  void aValueOfEightMebibytesAmongSmallOnesComesBack() {
    byte[] large = new byte[8 << 20];
    new Random(4).nextBytes(large);
    List<StoredRecord> records = new ArrayList<>(Records.plain(0, 20));
    records.add(new StoredRecord(20, 0, Bytes.utf8("big"), Bytes.of(large), List.of()));
    records.add(
        new StoredRecord(21, 0, null, null, List.of(new StoredHeader("h", Bytes.of(large)))));
    records.addAll(Records.plain(22, 20));
    WrittenFile file = DataFileFixture.write(file(), records);
    assertThat(readAll(LocalRanges.of(file()), file)).isEqualTo(records);
  }

  @Test
  void offsetsFurtherApartThanABatchCanSayComeBackInTwoBatches() {
    List<StoredRecord> records =
        List.of(
            StoredRecord.of(7, 1, "a", "a"),
            StoredRecord.of(8, 1, "b", "b"),
            StoredRecord.of(1L << 40, 1, "c", "c"));
    List<RecordBatch> batches =
        List.of(
            TestBatches.batch(Compression.NONE, 5, records.subList(0, 2)),
            TestBatches.batch(Compression.NONE, 5, records.subList(2, 3)));
    WrittenFile file = DataFileFixture.write(file(), rangeOf(records), batches);
    assertThat(readAll(LocalRanges.of(file()), file)).isEqualTo(records);
  }

  @Test
  void recordsOutsideTheRangeAreLeftOutAndTheFileSaysWhatItHolds() {
    List<StoredRecord> records = Records.plain(100, 100);
    OffsetRange range = new OffsetRange(113, 151);
    WrittenFile file = DataFileFixture.write(file(), range, batches(Compression.ZSTD, 10, records));
    assertThat(readAll(LocalRanges.of(file()), file)).isEqualTo(records.subList(13, 51));
    assertThat(file.rows()).isEqualTo(38);
    assertThat(file.range()).isEqualTo(range);
    assertThat(file.bytes()).isEqualTo(file().toFile().length());
    assertThat(file.content())
        .isEqualTo(
            new ContentBounds(
                113,
                150,
                Records.NOON + 113,
                Records.NOON + 150,
                DataFileFixture.APPENDED + 1,
                DataFileFixture.APPENDED + 5));
    FileFooter footer = reader(LocalRanges.of(file()), file).footer();
    assertThat(footer.topicId()).isEqualTo(ID.topic().uuid());
    assertThat(footer.partition()).isEqualTo(3);
    assertThat(footer.range()).isEqualTo(range);
    assertThat(footer.rows()).isEqualTo(38);
    assertThat(footer.contentCrc32c()).isEqualTo(file.contentCrc32c());
  }

  @Test
  void theChecksumOfTheContentDoesNotDependOnBatchesPagesOrCompression() {
    List<StoredRecord> records = Records.odd(0);
    List<RecordBatch> batches =
        records.stream()
            .map(record -> TestBatches.batch(Compression.NONE, 9, List.of(record)))
            .toList();
    int one = DataFileFixture.write(file(), rangeOf(records), batches).contentCrc32c();
    int other =
        new DataFileWriter(DataFileSettings.of(Compression.NONE))
            .write(
                ID,
                rangeOf(records),
                List.of(TestBatches.batch(Compression.ZSTD, 9, records)).iterator(),
                directory.resolve("other"))
            .orElseThrow()
            .contentCrc32c();
    assertThat(one).isEqualTo(other);
  }

  @Test
  void aRangeWithoutRecordsLeavesNoFile() {
    List<RecordBatch> batches = batches(Compression.NONE, 10, Records.plain(0, 10));
    assertThat(
            new DataFileWriter(DataFileFixture.SMALL)
                .write(ID, new OffsetRange(10, 20), batches.iterator(), file()))
        .isEmpty();
    assertThat(Files.exists(file())).isFalse();
  }

  @Test
  void aDamagedSourceBatchIsRefusedAndLeavesNoFile() {
    List<RecordBatch> batches = batches(Compression.LZ4, 10, Records.plain(0, 30));
    RecordBatch second = batches.get(1);
    BatchContent sound = second.content();
    BatchContent damaged =
        new BatchContent(
            sound.count(),
            sound.lastOffsetDelta(),
            sound.compression(),
            sound.attributes(),
            sound.baseTimestampMillis(),
            sound.uncompressedBytes(),
            sound.crc32c() ^ 1,
            sound.payload());
    List<RecordBatch> source =
        List.of(
            batches.get(0),
            new RecordBatch(
                second.baseOffset(),
                second.appendTimeMillis(),
                second.maxTimestampMillis(),
                damaged));
    assertThatThrownBy(() -> DataFileFixture.write(file(), new OffsetRange(0, 30), source))
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
        .hasMessageContaining("[10, 20)");
    assertThat(Files.exists(file())).isFalse();
  }

  @Test
  void batchesOutOfOrderAreRefused() {
    List<RecordBatch> batches = batches(Compression.NONE, 10, Records.plain(0, 20));
    List<RecordBatch> twice = List.of(batches.get(0), batches.get(0), batches.get(1));
    assertThatThrownBy(() -> DataFileFixture.write(file(), new OffsetRange(0, 20), twice))
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
  }

  @Test
  void aSourceThatFailsLeavesNoFileAndAFileThatIsThereIsNotTouched() throws Exception {
    List<RecordBatch> batches = batches(Compression.NONE, 10, Records.plain(0, 20));
    Iterator<RecordBatch> failing =
        Stream.concat(
                batches.stream(),
                Stream.of(0)
                    .map(
                        any -> {
                          throw new ThermoclineException(ErrorKind.TRANSIENT, "hot is away");
                        }))
            .map(RecordBatch.class::cast)
            .iterator();
    DataFileWriter writer = new DataFileWriter(DataFileFixture.SMALL);
    OffsetRange range = new OffsetRange(0, 30);
    assertThatThrownBy(() -> writer.write(ID, range, failing, file()))
        .isInstanceOf(ThermoclineException.class)
        .hasMessage("hot is away");
    assertThat(Files.exists(file())).isFalse();

    Files.writeString(file(), "mine");
    assertThatThrownBy(() -> writer.write(ID, range, batches.iterator(), file()))
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TRANSIENT));
    assertThat(file()).hasContent("mine");
  }
}
