package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Records;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often the store is asked, with files of several row groups and values nothing compresses. */
class ColdRequestsTest {
  private static final int VALUE_BYTES = 1024;
  private static final int RECORDS = 64 * 1024;
  private static final TopicPartition ID =
      new TopicId(UUID.fromString("1b5e1f4e-7a55-4b69-9a3c-1f5d9d0c2a12"), "orders").partition(0);

  @TempDir Path directory;
  private TestWarehouse warehouse;

  @BeforeEach
  void open() {
    warehouse = new TestWarehouse(directory);
  }

  @AfterEach
  void close() {
    warehouse.close();
  }

  private record Started(ColdTier cold, CountingStore store) {}

  /** A process that knows nothing yet. */
  private Started start() {
    AtomicReference<CountingStore> counting = new AtomicReference<>();
    ColdTier cold =
        warehouse
            .start(
                store -> {
                  counting.set(new CountingStore(store));
                  return counting.get();
                })
            .cold();
    return new Started(cold, counting.get());
  }

  private static void tier(ColdTier cold, long from, int count, HeaderBuffer headers) {
    List<RecordBatch> batches = batches(from, count, headers);
    OffsetRange range = new OffsetRange(from, from + count);
    ColdFile file =
        cold.write(ID, range, batches.iterator(), new ColdWriteSettings(Compression.ZSTD))
            .orElseThrow();
    ColdCommit.Move move = new ColdCommit.Move(0, from, range.to(), 0, List.of(file), List.of());
    assertThat(cold.commit(ID.topic(), new ColdCommit(UUID.randomUUID(), List.of(move))))
        .isNotNull();
  }

  private static List<RecordBatch> batches(long from, int count, HeaderBuffer headers) {
    Random random = new Random(from);
    List<RecordBatch> batches = new ArrayList<>();
    BatchBuilder builder = new BatchBuilder();
    byte[] key = new byte[16];
    byte[] value = new byte[VALUE_BYTES];
    for (long offset = from; offset < from + count; offset++) {
      random.nextBytes(key);
      random.nextBytes(value);
      builder.add(
          offset, Records.NOON + offset, key, 0, key.length, value, 0, value.length, headers);
      if (builder.sizeInBytes() > 1 << 20 || offset == from + count - 1) {
        batches.add(builder.buildAt(Compression.NONE, Records.NOON));
      }
    }
    return batches;
  }

  private static HeaderBuffer headers(boolean any) {
    HeaderBuffer headers = new HeaderBuffer();
    if (any) {
      headers.add("trace", new byte[] {1, 2, 3});
    }
    return headers;
  }

  private static ReadResult.Progress read(ColdTier cold, long from, int maxBytes) {
    ReadResult result = cold.read(ID, from, maxBytes);
    assertThat(result).isInstanceOf(ReadResult.Progress.class);
    return (ReadResult.Progress) result;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReadOfAnyOffsetTakesAtMostThreeRequestsAlsoWhenNothingIsKnownOfItsFile(boolean headers) {
    tier(start().cold(), 0, RECORDS, headers(headers));
    Random random = new Random(5);
    for (int i = 0; i < 8; i++) {
      Started fresh = start();
      long from = random.nextInt(RECORDS);

      ReadResult.Progress progress = read(fresh.cold(), from, 1);

      assertThat(progress.batches().get(0).baseOffset()).isEqualTo(from);
      assertThat(fresh.store().reads).as("reads for offset %d", from).hasSizeLessThanOrEqualTo(3);
      assertThat(read(fresh.cold(), random.nextInt(RECORDS), 1)).isNotNull();
      assertThat(fresh.store().reads).as("reads for two offsets").hasSizeLessThanOrEqualTo(6);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSearchByTimeAndTheReadBehindItTakeFewRequests(boolean headers) {
    tier(start().cold(), 0, RECORDS, headers(headers));
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
      assertThat(read(fresh.cold(), wanted, 1)).isNotNull();
      assertThat(fresh.store().reads).as("reads of both").hasSizeLessThanOrEqualTo(5);
    }
  }

  @Test
  void whoDoesNotReadOnIsNotReadAheadFor() {
    tier(start().cold(), 0, RECORDS, headers(false));
    Started fresh = start();
    Random random = new Random(7);
    int reads = 12;
    for (int i = 0; i < reads; i++) {
      assertThat(read(fresh.cold(), random.nextInt(RECORDS), 256 << 10)).isNotNull();
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
    tier(cold, 0, RECORDS, headers(false));
    tier(cold, RECORDS, RECORDS, headers(true));
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
