package io.thermocline.cold.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.StoredHeader;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of every format ever written stay readable. */
class GoldenDataFileTest {
  private static final int CONTENT_CRC32C = 0x9a1715c5;
  private static final long APPENDED = 1_763_640_000_000L;
  private static final List<StoredRecord> RECORDS =
      List.of(
          StoredRecord.of(10, 1_763_640_000_123L, "key", "value"),
          new StoredRecord(11, -1, null, Bytes.of(), List.of()),
          new StoredRecord(
              15,
              0,
              Bytes.of(),
              null,
              List.of(
                  StoredHeader.of("twice", "1"),
                  new StoredHeader("twice", null),
                  new StoredHeader("", Bytes.of((byte) 0xFF)))),
          StoredRecord.of(16, -62_135_596_800_000L, "key", "year 1"));

  private static List<RecordBatch> batches() {
    return List.of(
        TestBatches.batch(Compression.NONE, APPENDED, RECORDS.subList(0, 2)),
        TestBatches.batch(Compression.NONE, APPENDED + 1, RECORDS.subList(2, 4)));
  }

  @ParameterizedTest
  @CsvSource({"data-file-v1.parquet, 9f199cb3", "data-file-v1-page-crc32.parquet, 3c9c25d4"})
  void filesOfFormatOneAreReadWithChecksumsOfPagesAndWithout(String name, String indexCrc32c)
      throws IOException {
    LocalRanges source;
    try (InputStream stored = GoldenDataFileTest.class.getResourceAsStream("/golden/" + name)) {
      source = new LocalRanges(stored.readAllBytes());
    }
    FileFooter footer =
        FileFooter.read(source, OptionalInt.of(Integer.parseUnsignedInt(indexCrc32c, 16)));
    assertThat(footer.range()).isEqualTo(new OffsetRange(8, 20));
    assertThat(footer.contentCrc32c()).isEqualTo(CONTENT_CRC32C);
    DataFileReader reader = new DataFileReader(source, footer, ReadSettings.defaults());
    reader.verify();
    try (DataFileCursor cursor = reader.cursor(8)) {
      List<RecordBatch> read = cursor.read(1 << 20);
      assertThat(TestBatches.decode(read)).isEqualTo(RECORDS);
      assertThat(read)
          .extracting(RecordBatch::appendTimeMillis)
          .containsExactly(APPENDED, APPENDED + 1);
    }
  }

  @Test
  void theChecksumOfTheSameRecordsIsStillTheSame(@TempDir Path directory) {
    WrittenFile file =
        new DataFileWriter(DataFileSettings.of(Compression.ZSTD))
            .write(
                DataFileFixture.ID,
                new OffsetRange(8, 20),
                batches().iterator(),
                directory.resolve("data.parquet"))
            .orElseThrow();
    assertThat(file.contentCrc32c()).isEqualTo(CONTENT_CRC32C);
  }
}
