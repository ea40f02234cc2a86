package io.thermocline.testkit;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static io.thermocline.testkit.ColdTierSubject.move;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The part of {@link ColdTierContract} about reads: where they begin, go on and end. */
public interface ColdTierReadContract extends ColdTierSubject {
  @Test
  default void anyOffsetOfALargeFileCanBeReadFrom() {
    TopicPartition id = newPartition();
    byte[] value = new byte[300];
    Random random = new Random(7);
    List<StoredRecord> records = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      random.nextBytes(value);
      records.add(new StoredRecord(i, Records.NOON + i, null, Bytes.of(value), List.of()));
    }
    tier(id, records);

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(records);
    for (int from : new int[] {1, 99, 100, 101, 4_095, 4_096, 5_000, 8_191, 9_998, 9_999}) {
      List<StoredRecord> read = TestBatches.decode(progress(id, from, 5_000).batches());
      assertThat(read).isNotEmpty().isEqualTo(records.subList(from, from + read.size()));
    }
  }

  @Test
  default void anAnswerStaysNearItsLimitAndHasOneRecordAtLeast() {
    TopicPartition id = newPartition();
    byte[] value = new byte[1_000];
    List<StoredRecord> records = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      new Random(i).nextBytes(value);
      records.add(new StoredRecord(i, Records.NOON, null, Bytes.of(value), List.of()));
    }
    tier(id, records);

    for (ReadResult.Progress step : readSteps(id, 0, 64 << 10)) {
      assertThat(step.batches().stream().mapToInt(RecordBatch::sizeInBytes).sum())
          .isLessThanOrEqualTo(128 << 10);
    }
    assertThat(TestBatches.decode(progress(id, 500, 1).batches()))
        .first()
        .isEqualTo(records.get(500));
  }

  @Test
  default void memoryGivenBackIsNoPartOfWhatOthersReadOrWillRead() {
    TopicPartition id = newPartition();
    byte[] value = new byte[10_000];
    Random random = new Random(11);
    List<StoredRecord> records = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      random.nextBytes(value);
      records.add(new StoredRecord(i, Records.NOON + i, null, Bytes.of(value), List.of()));
    }
    tier(id, records);

    List<RecordBatch> kept = new ArrayList<>();
    List<StoredRecord> seen = new ArrayList<>();
    for (long slow = 0, fast = 0; slow < 600 || fast < 600; ) {
      if (slow < 600) {
        ReadResult.Progress progress = progress(id, slow, 1 << 20);
        kept.addAll(progress.batches());
        slow = progress.nextOffset();
      }
      if (fast < 600) {
        ReadResult.Progress progress = progress(id, fast, 2 << 20);
        seen.addAll(TestBatches.decode(progress.batches()));
        progress.batches().forEach(TestBatches::spoil);
        cold().giveBack(progress.batches());
        fast = progress.nextOffset();
      }
    }

    assertThat(seen).isEqualTo(records);
    assertThat(TestBatches.decode(kept)).isEqualTo(records);
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(records);
  }

  @Test
  default void withoutATableEveryReadIsAtTheEnd() {
    TopicPartition id = newPartition();

    assertThat(cold().read(id, 0, 100)).isEqualTo(new ReadResult.AtEnd(0));
    assertThat(cold().read(id, 5, 100)).isEqualTo(new ReadResult.AtEnd(0));
    assertThat(cold().offsetForTimestamp(id, new OffsetRange(0, 10), 0)).isEmpty();
  }

  @Test
  default void aReadAtOrPastTieredToIsAtTheEnd() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));

    assertThat(cold().read(id, 10, 100)).isEqualTo(new ReadResult.AtEnd(10));
    assertThat(cold().read(id, 11, 100)).isEqualTo(new ReadResult.AtEnd(10));
  }

  @Test
  default void anotherPartitionOfTheTableIsAtTheEndToo() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));

    assertThat(cold().read(id.topic().partition(1), 0, 100)).isEqualTo(new ReadResult.AtEnd(0));
  }

  @Test
  default void aReadBelowTheLogStartIsBeforeTheStart() {
    TopicPartition id = newPartition();
    List<StoredRecord> records = Records.plain(0, 20);
    tier(id, records);
    commit(id, logStart(id, 20, 7));

    assertThat(cold().read(id, 6, 100)).isEqualTo(new ReadResult.BeforeStart(7));
    assertThat(readAll(id, 7, 1 << 20)).isEqualTo(records.subList(7, 20));
  }

  @Test
  default void offsetsWithoutARecordArePassedOver() {
    TopicPartition id = newPartition();
    List<StoredRecord> records =
        List.of(
            StoredRecord.of(10, 1, "k", "v"),
            StoredRecord.of(11, 2, "k", "v"),
            StoredRecord.of(5_000_000_000L, 3, "k", "v"));
    commit(id, move(id, 0, 6_000_000_000L, write(id, new OffsetRange(0, 6_000_000_000L), records)));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(records);
    assertThat(readAll(id, 12, 1 << 20)).isEqualTo(records.subList(2, 3));
    assertThat(readAll(id, 5_000_000_001L, 1 << 20)).isEmpty();
  }

  @Test
  default void readsGoOnAcrossFiles() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 5; file++) {
      tier(id, Records.plain(file * 40L, 40));
    }

    assertThat(partition(id).files()).hasSize(5);
    for (int from : new int[] {0, 39, 40, 41, 159, 160, 199}) {
      assertThat(readAll(id, from, 600)).isEqualTo(Records.plain(from, 200 - from));
    }
  }

  @Test
  default void partitionsOfATableDoNotMix() {
    TopicPartition first = newPartition();
    TopicPartition second = first.topic().partition(1);
    List<StoredRecord> two = Records.random(new Random(1), 0, 50);
    tier(first, Records.plain(0, 100));
    tier(second, two);

    assertThat(readAll(first, 0, 1 << 20)).isEqualTo(Records.plain(0, 100));
    assertThat(readAll(second, 0, 1 << 20)).isEqualTo(two);
  }

  @Test
  default void whatWasNotCommittedIsNotRead() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));

    ColdFile orphan = write(id, new OffsetRange(10, 20), Records.plain(10, 10));

    assertThat(orphan.rows()).isEqualTo(10);
    assertThat(cold().read(id, 10, 100)).isEqualTo(new ReadResult.AtEnd(10));
    assertThat(partition(id).files()).hasSize(1);
  }

  @Test
  default void lostRangesAreToldWhereTheyAreReadOver() {
    TopicPartition id = newPartition();
    ColdFile before = write(id, new OffsetRange(0, 5), Records.plain(0, 5));
    ColdFile after = write(id, new OffsetRange(12, 20), Records.plain(12, 8));
    OffsetRange damaged = new OffsetRange(5, 12);
    commit(id, new ColdCommit.Move(0, 0, 20, 0, List.of(before, after), List.of(damaged)));

    List<ReadResult.Progress> steps = readSteps(id, 0, 1 << 20);

    assertThat(partition(id).lost()).containsExactly(damaged);
    assertThat(offsets(steps)).containsExactlyInAnyOrder(5L, 6L, 7L, 8L, 9L, 10L, 11L);
    assertThat(readAll(id, 0, 1 << 20)).hasSize(13);
    assertThat(offsets(readSteps(id, 12, 1 << 20))).isEmpty();
  }

  private static List<Long> offsets(List<ReadResult.Progress> steps) {
    return steps.stream()
        .flatMap(step -> step.lost().stream())
        .flatMapToLong(range -> LongStream.range(range.from(), range.to()))
        .boxed()
        .toList();
  }
}
