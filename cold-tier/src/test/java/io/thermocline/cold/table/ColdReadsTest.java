package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import io.thermocline.testkit.Together;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads from any offset, of any size, by several readers at once, over several files. */
class ColdReadsTest {
  private static final int FILES = 3;
  private static final int RECORDS_IN_FILE = 2_500;
  private static final int READERS = 4;
  private static final TopicPartition ID =
      new TopicId(UUID.fromString("2b5e1f4e-7a55-4b69-9a3c-1f5d9d0c2a13"), "orders").partition(0);

  @TempDir Path directory;
  private TestWarehouse warehouse;
  private ColdTier cold;

  /** All that is stored, in offset order. */
  private final List<StoredRecord> stored = new ArrayList<>();

  private long end;

  @BeforeEach
  void open() {
    warehouse = new TestWarehouse(directory);
    cold = warehouse.start().cold();
    Random random = new Random(1);
    for (int file = 0; file < FILES; file++) {
      tier(Records.random(random, end, RECORDS_IN_FILE, file));
    }
  }

  @AfterEach
  void close() {
    warehouse.close();
  }

  private void tier(List<StoredRecord> records) {
    stored.addAll(records);
    List<RecordBatch> batches = new ArrayList<>();
    for (int i = 0; i < records.size(); i += 500) {
      List<StoredRecord> some = records.subList(i, Math.min(records.size(), i + 500));
      batches.add(TestBatches.batch(Compression.LZ4, Records.NOON + i / 2_000, some));
    }
    OffsetRange range = new OffsetRange(end, records.get(records.size() - 1).offset() + 3);
    ColdFile file =
        cold.write(ID, range, batches.iterator(), new ColdWriteSettings(Compression.ZSTD))
            .orElseThrow();
    ColdCommit.Move move = new ColdCommit.Move(0, end, range.to(), 0, List.of(file), List.of());
    assertThat(cold.commit(ID.topic(), new ColdCommit(UUID.randomUUID(), List.of(move))))
        .isNotNull();
    end = range.to();
  }

  private int indexReaching(long offset) {
    int low = 0;
    int high = stored.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (stored.get(middle).offset() < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Reads once and compares. Returns where reading goes on. */
  private long readAndCompare(long from, int maxBytes) {
    ReadResult.Progress progress = (ReadResult.Progress) cold.read(ID, from, maxBytes);
    List<StoredRecord> read = TestBatches.decode(progress.batches());
    int first = indexReaching(from);
    int next = indexReaching(progress.nextOffset());
    assertThat(read)
        .as("records from %d, %d bytes", from, maxBytes)
        .isEqualTo(stored.subList(first, next));
    assertThat(progress.nextOffset()).isGreaterThan(from);
    long bytes = progress.batches().stream().mapToLong(RecordBatch::sizeInBytes).sum();
    assertThat(read.size() <= 1 || bytes <= maxBytes).as("%d of %d", bytes, maxBytes).isTrue();
    cold.giveBack(progress.batches());
    return progress.nextOffset();
  }

  @Test
  void aReplayGivesEveryRecordOnceWhateverItAsksForAtATime() {
    for (int maxBytes : new int[] {3_000, 70_000, 1 << 20, 16 << 20}) {
      long next = 0;
      while (next < end) {
        next = readAndCompare(next, maxBytes);
      }
      assertThat(next).isEqualTo(end);
    }
  }

  @Test
  void readersThatChangeTheirMindsAllGetWhatIsStored() {
    var unused =
        Together.run(
            READERS,
            reader -> {
              Random random = new Random(reader);
              for (int i = 0; i < 12; i++) {
                long next = (long) (random.nextDouble() * end);
                for (int step = random.nextInt(12); step >= 0 && next < end; step--) {
                  next = readAndCompare(next, 1 << random.nextInt(8, 22));
                }
              }
              return true;
            });
  }
}
