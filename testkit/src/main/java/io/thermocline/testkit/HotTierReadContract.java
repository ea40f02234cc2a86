package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of {@link HotTierContract} about reading and waiting. */
public interface HotTierReadContract extends HotTierSubject {

  @Test
  default void aReadAtOrPastTheEndIsAnAnswerNotAnError() {
    TopicPartition id = newPartition();
    assertThat(Await.result(hot().read(id, 0, 100))).isEqualTo(new ReadResult.AtEnd(0));
    long end = appendPlain(id, 3);

    assertThat(Await.result(hot().read(id, end, 100))).isEqualTo(new ReadResult.AtEnd(end));
    assertThat(Await.result(hot().read(id, end + 50, 100))).isEqualTo(new ReadResult.AtEnd(end));
  }

  @Test
  default void aReadInsideABatchGivesTheBatchThatHoldsTheOffset() {
    TopicPartition id = newPartition();
    append(id, Records.plain(0, 10));
    List<StoredRecord> second = append(id, Records.plain(0, 10));
    long from = second.get(4).offset();

    List<RecordBatch> batches = progress(id, from, 1).batches();

    assertThat(batches).hasSize(1);
    assertThat(batches.get(0).range().contains(from)).isTrue();
    assertThat(readAll(id, from, 1)).isEqualTo(second.subList(4, 10));
  }

  @Test
  default void everyOffsetCanBeReadFrom() {
    TopicPartition id = newPartition();
    for (int batch = 0; batch < 20; batch++) {
      append(id, Records.plain(0, 1 + batch % 5));
    }
    List<StoredRecord> all = readAll(id, 0, 1 << 20);

    for (long from = 0; from < hot().state(id).end(); from++) {
      long first = from;
      assertThat(readAll(id, from, 200))
          .isEqualTo(all.stream().filter(record -> record.offset() >= first).toList());
    }
  }

  @Test
  default void oneBatchIsGivenEvenWhenItIsLargerThanTheLimitAndNoSecondOne() {
    TopicPartition id = newPartition();
    for (int i = 0; i < 10; i++) {
      append(id, Records.plain(0, 5));
    }

    assertThat(progress(id, 0, 1).batches()).hasSize(1);
    int one = progress(id, 0, 1).batches().get(0).sizeInBytes();
    ReadResult.Progress several = progress(id, 0, 4 * one);

    int bytes = several.batches().stream().mapToInt(RecordBatch::sizeInBytes).sum();
    assertThat(bytes).isLessThanOrEqualTo(4 * one);
  }

  @Test
  default void aReadWithoutALimitGetsToTheEnd() {
    TopicPartition id = newPartition();
    for (int i = 0; i < 50; i++) {
      append(id, Records.plain(0, 2));
    }

    List<StoredRecord> all = readAll(id, 0, Integer.MAX_VALUE);

    assertThat(all).hasSize(100);
  }

  @Test
  default void batchesThatWereReadStayAsTheyAreAfterATrim() {
    TopicPartition id = newPartition();
    List<StoredRecord> stored = append(id, Records.odd(0));
    List<RecordBatch> batches = progress(id, 0, 1 << 20).batches();
    Await.result(hot().seal(id));
    Await.result(hot().trim(id, hot().state(id).end()));
    append(id, Records.plain(0, 50));

    List<StoredRecord> read = TestBatches.decode(batches);

    assertThat(read).isNotEmpty().isEqualTo(stored.subList(0, read.size()));
  }

  @Test
  default void memoryGivenBackIsNoPartOfWhatOthersReadOrWillRead() {
    TopicPartition id = newPartition();
    Random random = new Random(11);
    List<StoredRecord> records = new ArrayList<>();
    while (records.size() < 600) {
      List<StoredRecord> batch = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        byte[] value = new byte[10_000];
        random.nextBytes(value);
        batch.add(new StoredRecord(i, Records.NOON, null, Bytes.of(value), List.of()));
      }
      records.addAll(append(id, batch));
    }

    List<RecordBatch> kept = new ArrayList<>();
    Set<StoredRecord> early = new HashSet<>();
    List<StoredRecord> seen = new ArrayList<>();
    for (long slow = 0, fast = 0; slow < 600 || fast < 600; ) {
      if (slow < 600) {
        ReadResult.Progress progress = progress(id, slow, 1 << 20);
        List<RecordBatch> batches = progress.batches();
        int soon = Math.min(1, batches.size());
        early.addAll(TestBatches.decode(batches.subList(0, soon)));
        hot().giveBack(batches.subList(0, soon));
        kept.addAll(batches.subList(soon, batches.size()));
        slow = progress.nextOffset();
      }
      if (fast < 600) {
        ReadResult.Progress progress = progress(id, fast, 1 << 20);
        seen.addAll(TestBatches.decode(progress.batches()));
        progress.batches().forEach(TestBatches::spoil);
        hot().giveBack(progress.batches());
        fast = progress.nextOffset();
      }
    }

    assertThat(seen).isEqualTo(records);
    assertThat(TestBatches.decode(kept))
        .isEqualTo(records.stream().filter(record -> !early.contains(record)).toList());
  }

  @Test
  default void aWaiterIsAnsweredAtOnceWhenTheEndIsFurtherAlready() {
    TopicPartition id = newPartition();
    long end = appendPlain(id, 3);

    assertThat(Await.result(hot().awaitBeyond(id, end - 1))).isEqualTo(end);
    assertThat(Await.result(hot().awaitBeyond(id, 0))).isEqualTo(end);
  }

  @Test
  default void waitersAreWokenByTheAppendThatPassesTheirOffset() {
    TopicPartition id = newPartition();
    long end = appendPlain(id, 1);
    List<CompletableFuture<Long>> near =
        IntStream.range(0, 5).mapToObj(i -> hot().awaitBeyond(id, end)).toList();
    CompletableFuture<Long> far = hot().awaitBeyond(id, end + 1_000);

    assertThat(near).noneMatch(CompletableFuture::isDone);
    List<StoredRecord> stored = append(id, Records.plain(0, 2));

    for (CompletableFuture<Long> waiter : near) {
      assertThat(Await.result(waiter)).isGreaterThan(end);
    }
    assertThat(readAll(id, end, 1 << 20)).isEqualTo(stored);
    assertThat(far.isDone()).isFalse();
  }

  @Test
  default void aWaiterThatGaveUpHurtsNobody() {
    TopicPartition id = newPartition();
    CompletableFuture<Long> gone = hot().awaitBeyond(id, 0);
    CompletableFuture<Long> waiting = hot().awaitBeyond(id, 0);

    assertThat(gone.cancel(false)).isTrue();
    long end = appendPlain(id, 1);

    assertThat(Await.result(waiting)).isEqualTo(end);
    assertThat(gone.isCancelled()).isTrue();
  }

  @Test
  default void anAppendToOnePartitionWakesNoWaiterOfAnother() {
    TopicPartition quiet = newPartition("quiet");
    CompletableFuture<Long> waiting = hot().awaitBeyond(quiet, 0);

    appendPlain(newPartition("busy"), 10);

    assertThat(waiting.isDone()).isFalse();
  }

  @Test
  default void aTimestampIsFoundAtItsSmallestOffsetAlsoWhenTimesGoBackwards() {
    TopicPartition id = newPartition();
    List<StoredRecord> first = append(id, Records.timed(0, 100, 300, 200));
    List<StoredRecord> second = append(id, Records.timed(0, -50, 250, 400));

    assertThat(find(id, 0, Long.MIN_VALUE)).contains(place(first.get(0)));
    assertThat(find(id, 0, 101)).contains(place(first.get(1)));
    assertThat(find(id, 0, 300)).contains(place(first.get(1)));
    assertThat(find(id, 0, 301)).contains(place(second.get(2)));
    assertThat(find(id, 0, 401)).isEmpty();
    assertThat(find(id, first.get(2).offset(), 201)).contains(place(second.get(1)));
    assertThat(find(id, first.get(2).offset(), 150)).contains(place(first.get(2)));
    assertThat(find(id, hot().state(id).end(), 0)).isEmpty();
  }

  @Test
  default void aTimestampIsLookedForInWhatIsStillHere() {
    TopicPartition id = newPartition();
    append(id, Records.timed(0, 500, 600));
    Await.result(hot().seal(id));
    long boundary = hot().state(id).end();
    List<StoredRecord> kept = append(id, Records.timed(0, 100, 550));
    assertThat(Await.result(hot().trim(id, boundary))).isEqualTo(boundary);

    assertThat(find(id, 0, 90)).contains(place(kept.get(0)));
    assertThat(find(id, 0, 500)).contains(place(kept.get(1)));
    assertThat(find(id, 0, 600)).isEmpty();
  }

  @Test
  default void aTimestampOfAnEmptyPartitionIsNotFound() {
    assertThat(find(newPartition(), 0, 0)).isEmpty();
  }

  @Test
  default void theLargestTimestampIsFoundAtItsSmallestOffset() {
    TopicPartition id = newPartition();
    assertThat(latest(id, 0)).isEmpty();
    List<StoredRecord> first = append(id, Records.timed(0, 100, 300, 200, 300));
    assertThat(latest(id, 0)).contains(place(first.get(1)));
    assertThat(latest(id, first.get(2).offset())).contains(place(first.get(3)));
    Await.result(hot().seal(id));
    long boundary = hot().state(id).end();
    List<StoredRecord> second = append(id, Records.timed(0, 300, -50, 300));
    assertThat(latest(id, 0)).contains(place(first.get(1)));
    assertThat(Await.result(hot().trim(id, boundary))).isEqualTo(boundary);
    assertThat(latest(id, 0)).contains(place(second.get(0)));
    assertThat(latest(id, second.get(1).offset())).contains(place(second.get(2)));
    assertThat(latest(id, hot().state(id).end())).isEmpty();
  }

  private Optional<OffsetAndTimestamp> latest(TopicPartition id, long from) {
    return Await.result(hot().maxTimestamp(id, from));
  }

  private Optional<OffsetAndTimestamp> find(TopicPartition id, long from, long timestampMillis) {
    return Await.result(hot().offsetForTimestamp(id, from, timestampMillis));
  }

  private static OffsetAndTimestamp place(StoredRecord record) {
    return new OffsetAndTimestamp(record.offset(), record.timestampMillis());
  }
}
