package io.thermocline.cold.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that is used again: never while somebody may read it, and enough to make no new one. */
class SpareArraysTest {
  private static final int LENGTH = 8 * 1024;
  private static final int VALUES = 20_000;
  private static final int VALUE_BYTES = 1_000;
  private static final ReadSettings READS =
      new ReadSettings(256 << 10, 64 << 10, 256 << 10, Compression.NONE);

  @TempDir Path directory;

  @Test
  void whatWasGivenBackIsTakenFirstAndNoMoreIsKeptThanStated() {
    SpareArrays arrays = new SpareArrays(LENGTH, 2);
    byte[] first = arrays.take();
    byte[] second = arrays.take();
    byte[] third = arrays.take();
    for (byte[] array : List.of(first, second, third)) {
      arrays.giveBack(ByteBuffer.wrap(array, 0, 10));
    }

    assertThat(arrays.take()).isSameAs(second);
    assertThat(arrays.take()).isSameAs(first);
    assertThat(arrays.take()).isNotSameAs(third).hasSize(LENGTH);
  }

  @Test
  void onlyArraysOfThatLengthAreTakenBackAndEachOnlyOnce() {
    SpareArrays arrays = new SpareArrays(LENGTH, 2);
    byte[] array = arrays.take();
    arrays.giveBack(ByteBuffer.allocate(LENGTH + 1));
    arrays.giveBack(ByteBuffer.allocateDirect(LENGTH));
    arrays.giveBack(ByteBuffer.wrap(array));

    assertThatThrownBy(() -> arrays.giveBack(ByteBuffer.wrap(array)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(arrays.take()).isSameAs(array);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void batchesThatWereNotGivenBackStayAsTheyWereWhileOthersAre(long seed) {
    List<StoredRecord> records = Records.random(new Random(seed), seed, 2_000, (int) (seed % 2));
    WrittenFile file = DataFileFixture.write(directory.resolve("data.parquet"), records);
    SpareArrays arrays = new SpareArrays(LENGTH, 4);
    Random random = new Random(seed);
    List<RecordBatch> kept = new ArrayList<>();
    List<StoredRecord> read = new ArrayList<>();
    try (DataFileCursor cursor = cursor(file, arrays)) {
      while (!cursor.isAtEnd()) {
        for (RecordBatch batch : cursor.read(random.nextInt(1, 4 * LENGTH))) {
          assertThat(batch.content().computeCrc32c()).isEqualTo(batch.content().crc32c());
          read.addAll(TestBatches.decode(List.of(batch)));
          if (random.nextBoolean()) {
            arrays.giveBack(batch.content().payload());
          } else {
            kept.add(batch);
          }
        }
      }
    }

    assertThat(read).isEqualTo(records);
    assertThat(kept)
        .isNotEmpty()
        .allMatch(batch -> batch.content().computeCrc32c() == batch.content().crc32c());
  }

  @Test
  void aReplayWhoseBatchesAreGivenBackTakesLittleNewMemory() {
    WrittenFile file = large();
    LocalRanges source = LocalRanges.of(file.path());
    FileFooter footer = FileFooter.read(source, OptionalInt.of(file.indexCrc32c()));
    SpareArrays arrays = new SpareArrays(READS.batchBytes(), 2);
    DataFileReader reader = new DataFileReader(source, footer, READS, arrays);
    long bytes = replay(reader, arrays);

    long before = allocated();
    assertThat(replay(reader, arrays)).isEqualTo(bytes).isGreaterThan(VALUES * (long) VALUE_BYTES);
    // Its windows once, and the numbers of each page.
    assertThat(allocated() - before).as("allocated for %d bytes", bytes).isLessThan(bytes / 6);
  }

  /** Values that nothing compresses: as many bytes are stored as are replayed. */
  private WrittenFile large() {
    Random random = new Random(9);
    BatchBuilder builder = new BatchBuilder();
    byte[] value = new byte[VALUE_BYTES];
    for (int offset = 0; offset < VALUES; offset++) {
      random.nextBytes(value);
      builder.add(Records.NOON + offset, null, value, new HeaderBuffer());
    }
    return new DataFileWriter(DataFileSettings.of(Compression.ZSTD))
        .write(
            DataFileFixture.ID,
            new OffsetRange(0, VALUES),
            List.of(builder.buildAt(Compression.NONE, Records.NOON)).iterator(),
            directory.resolve("data.parquet"))
        .orElseThrow();
  }

  private static long replay(DataFileReader reader, SpareArrays arrays) {
    long bytes = 0;
    try (DataFileCursor cursor = reader.cursor(0)) {
      while (!cursor.isAtEnd()) {
        for (RecordBatch batch : cursor.read(READS.batchBytes())) {
          bytes += batch.sizeInBytes();
          arrays.giveBack(batch.content().payload());
        }
      }
    }
    return bytes;
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static DataFileCursor cursor(WrittenFile file, SpareArrays arrays) {
    LocalRanges source = LocalRanges.of(file.path());
    FileFooter footer = FileFooter.read(source, OptionalInt.of(file.indexCrc32c()));
    return new DataFileReader(source, footer, DataFileFixture.SMALL_READS, arrays)
        .cursor(file.range().from());
  }
}
