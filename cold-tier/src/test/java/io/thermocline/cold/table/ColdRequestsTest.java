package io.thermocline.cold.table;

import static io.thermocline.cold.table.CountedWarehouse.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.table.CountedWarehouse.Shape;
import io.thermocline.cold.table.CountedWarehouse.Started;
import io.thermocline.model.ColdTier;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.testkit.Records;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often the store is asked, with files of several row groups and values nothing compresses. */
class ColdRequestsTest {
  private static final int RECORDS = 64 * 1024;

  @TempDir Path directory;
  private CountedWarehouse warehouse;

  @BeforeEach
  void open() {
    warehouse = new CountedWarehouse(directory);
  }

  @AfterEach
  void close() {
    warehouse.close();
  }

  private Started start() {
    return warehouse.start();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReadOfAnyOffsetTakesAtMostThreeRequestsAlsoWhenNothingIsKnownOfItsFile(boolean headers) {
    CountedWarehouse.tier(start().cold(), 0, RECORDS, Shape.plain(headers));
    Random random = new Random(5);
    for (int i = 0; i < 8; i++) {
      Started fresh = start();
      long from = random.nextInt(RECORDS);

      ReadResult.Progress progress = fresh.read(from, 1);

      assertThat(progress.batches().get(0).baseOffset()).isEqualTo(from);
      assertThat(fresh.store().reads).as("reads for offset %d", from).hasSizeLessThanOrEqualTo(3);
      assertThat(fresh.read(random.nextInt(RECORDS), 1)).isNotNull();
      assertThat(fresh.store().reads).as("reads for two offsets").hasSizeLessThanOrEqualTo(6);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSearchByTimeAndTheReadBehindItTakeFewRequests(boolean headers) {
    CountedWarehouse.tier(start().cold(), 0, RECORDS, Shape.plain(headers));
    Random random = new Random(6);
    for (int i = 0; i < 4; i++) {
      Started fresh = start();
      long wanted = random.nextInt(RECORDS);

      OffsetAndTimestamp found =
          fresh
              .cold()
              .offsetForTimestamp(ID, new OffsetRange(0, RECORDS), Records.NOON + wanted)
              .orElseThrow();

      assertThat(found.offset()).isEqualTo(wanted);
      assertThat(fresh.store().reads).as("reads of the search").hasSizeLessThanOrEqualTo(2);
      assertThat(fresh.read(wanted, 1)).isNotNull();
      assertThat(fresh.store().reads).as("reads of both").hasSizeLessThanOrEqualTo(3);
    }
  }

  @Test
  void whoDoesNotReadOnIsNotReadAheadFor() {
    CountedWarehouse.tier(start().cold(), 0, RECORDS, Shape.plain(false));
    Started fresh = start();
    Random random = new Random(7);
    int reads = 12;
    for (int i = 0; i < reads; i++) {
      assertThat(fresh.read(random.nextInt(RECORDS), 256 << 10)).isNotNull();
    }

    // The footer, and for each a page of numbers and one of values at most.
    assertThat(fresh.store().reads).hasSizeLessThanOrEqualTo(1 + 2 * reads);
  }

  @Test
  void aReplayTakesAtMostTwoHundredRequestsForAGigabyte() {
    twoFiles();
    Started fresh = start();

    long bytes = replay(fresh);

    assertThat(fresh.store().reads.size() * 1e9 / bytes).as("requests for a GB").isLessThan(200);
    long fetched = fresh.store().reads.stream().mapToLong(Integer::longValue).sum();
    assertThat(fetched).as("bytes fetched").isLessThan(bytes + bytes / 8);
  }

  @Test
  void aReaderThatIsFasterThanTheFooterOfTheNextFileTakesNoMoreRequests() {
    twoFiles();
    Started usual = start();
    long unused = replay(usual);
    Started fresh = start();
    fresh.store().hold(key -> key.contains("/%020d-".formatted(RECORDS)));

    long unusedAgain = replay(fresh);

    assertThat(fresh.store().reads).hasSameSizeAs(usual.store().reads);
  }

  private void twoFiles() {
    ColdTier cold = start().cold();
    CountedWarehouse.tier(cold, 0, RECORDS, Shape.plain(false));
    CountedWarehouse.tier(cold, RECORDS, RECORDS, Shape.plain(true));
  }

  /** Reads both files. What is held of the second one is released when the reader is there. */
  private static long replay(Started process) {
    long next = 0;
    long bytes = 0;
    while (process.cold().read(ID, next, 1 << 20) instanceof ReadResult.Progress progress) {
      bytes += progress.batches().stream().mapToLong(RecordBatch::sizeInBytes).sum();
      next = progress.nextOffset();
      if (next >= RECORDS) {
        process.store().release();
      }
    }
    assertThat(next).isEqualTo(2L * RECORDS);
    return bytes;
  }
}
