package io.thermocline.cold.table;

import static io.thermocline.testkit.ColdTierSubject.move;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.ColdTierSubject;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What breaks others comes back byte for byte: out of files, and out of files made of these. */
final class TortureTest implements ColdTierSubject {
  private static final int MIB = 1 << 20;

  @TempDir private Path directory;
  private TestWarehouse warehouse;
  private ColdTier cold;

  @BeforeEach
  void start() {
    warehouse = new TestWarehouse(directory);
    cold = warehouse.start().cold();
  }

  @AfterEach
  void stop() {
    warehouse.close();
  }

  @Override
  public ColdTier cold() {
    return cold;
  }

  @Test
  void whateverARecordHasComesBackAsItWas() {
    TopicPartition id = newPartition();
    List<StoredRecord> all = new ArrayList<>();
    Random random = new Random(11);
    for (int file = 0; file < 4; file++) {
      List<StoredRecord> records = new ArrayList<>(Records.odd(next(all, 3)));
      records.addAll(Records.random(random, next(records, 1_000), 200, 1_000_000));
      records.addAll(backwards(next(records, 0)));
      records.add(large(random, next(records, 0), file));
      all.addAll(records);
      tierOneByOne(id, records);
    }
    assertThat(readAll(id, 0, MIB)).isEqualTo(all);

    mergeAll(id);

    assertThat(partition(id).files()).hasSize(1);
    assertThat(partition(id).problem()).isEmpty();
    assertThat(readAll(id, 0, MIB)).isEqualTo(all);
    assertThat(readAll(id, 0, 100)).as("in the smallest steps").isEqualTo(all);
  }

  @Test
  void aHundredThousandBatchesOfOneRecordKeepTheirOffsetsAndAppendTimes() {
    int batches = 100_000;
    TopicPartition id = newPartition();
    for (int from = 0; from < batches; from += batches / 2) {
      tierOneByOne(id, Records.plain(from, batches / 2));
    }

    mergeAll(id);

    List<RecordBatch> read =
        readSteps(id, 0, MIB).stream().flatMap(step -> step.batches().stream()).toList();
    assertThat(read).hasSize(batches);
    assertThat(TestBatches.decode(read)).isEqualTo(Records.plain(0, batches));
    assertThat(read)
        .allMatch(batch -> batch.appendTimeMillis() == APPENDED + batch.baseOffset() % 50_000);
  }

  private static long next(List<StoredRecord> records, int gap) {
    return records.isEmpty() ? gap : records.get(records.size() - 1).offset() + 1 + gap;
  }

  /** Timestamps that go back from 1970, a year at a time. */
  private static List<StoredRecord> backwards(long from) {
    long year = 365L * 24 * 60 * 60 * 1000;
    return Records.timed(from, IntStream.range(0, 100).mapToLong(i -> -i * year - 1).toArray());
  }

  /** 16 MiB of a value that can't be compressed, or can very well. */
  private static StoredRecord large(Random random, long offset, int file) {
    byte[] value = new byte[16 * MIB];
    if (file % 2 == 0) {
      random.nextBytes(value);
    }
    Bytes key = file == 0 ? null : Bytes.of();
    return new StoredRecord(offset, Records.NOON, key, Bytes.of(value), List.of());
  }

  /** One file of batches of one record each, appended a millisecond apart. */
  private void tierOneByOne(TopicPartition id, List<StoredRecord> records) {
    long from = partition(id).tieredTo();
    OffsetRange range = new OffsetRange(from, next(records, 0));
    List<RecordBatch> batches = new ArrayList<>(records.size());
    for (StoredRecord record : records) {
      batches.add(TestBatches.batch(Compression.NONE, APPENDED + batches.size(), List.of(record)));
    }
    ColdFile file = cold.write(id, range, batches.iterator(), SETTINGS).orElseThrow();
    commit(id, move(id, from, range.to(), file));
  }

  private void mergeAll(TopicPartition id) {
    List<ColdFile> files = partition(id).files();
    ColdCommit.Merge merge = new ColdCommit.Merge(files, cold.merge(id, files, SETTINGS));
    assertThat(
            cold.commit(id.topic(), ColdCommit.ofMerges(UUID.randomUUID(), List.of(merge)))
                .partition(0)
                .files())
        .hasSize(1);
  }
}
