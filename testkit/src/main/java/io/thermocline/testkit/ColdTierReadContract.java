package io.thermocline.testkit;

import static io.thermocline.testkit.ColdTierSubject.batches;
import static io.thermocline.testkit.ColdTierSubject.logStart;
import static io.thermocline.testkit.ColdTierSubject.move;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.codec.RecordSums;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.Span;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link ColdTierContract} about what is written and read back. */
public interface ColdTierReadContract extends ColdTierSubject {

  @ParameterizedTest
  @EnumSource
  default void oddRecordsComeBackByteForByte(Compression compression) {
    TopicPartition id = newPartition();
    List<StoredRecord> records = Records.odd(0);
    OffsetRange range = new OffsetRange(0, records.size());
    Iterator<RecordBatch> batch =
        List.of(TestBatches.batch(compression, APPENDED, records)).iterator();

    commit(id, move(id, 0, range.to(), cold().write(id, range, batch, SETTINGS).orElseThrow()));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(records);
    assertThat(progress(id, 0, 1 << 20).batches().get(0).appendTimeMillis()).isEqualTo(APPENDED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ZSTD", "NONE"})
  default void filesAreReadBackHoweverTheyAreCompressed(Compression compression) {
    TopicPartition id = newPartition();
    List<StoredRecord> records = Records.plain(0, 500);
    ColdWriteSettings settings = new ColdWriteSettings(compression);
    Optional<ColdFile> file =
        cold().write(id, new OffsetRange(0, 500), batches(records).iterator(), settings);

    commit(id, move(id, 0, 500, file.orElseThrow()));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(records);
  }

  @Test
  default void anAuditTellsWhatTheRecordsOfAFileComeTo() {
    TopicPartition id = newPartition();
    List<StoredRecord> records = new ArrayList<>(Records.odd(0));
    records.addAll(Records.random(new Random(5), records.size() + 7, 300, 4));
    tier(id, records);
    ColdFile file = partition(id).files().get(0);
    RecordSums expected = new RecordSums(id.partition(), file.span().range());
    RecordCursor cursor = new RecordCursor();
    for (RecordBatch batch : batches(records)) {
      ByteBuffer payload = new PayloadReader(64 << 20).open(batch.content());
      cursor.reset(payload, batch.baseOffset(), batch.content().baseTimestampMillis());
      while (cursor.next()) {
        expected.add(cursor, batch.appendTimeMillis());
      }
    }
    AtomicLong read = new AtomicLong();

    assertThat(cold().audit(id.topic(), file, read::addAndGet)).isEqualTo(expected.sums());
    assertThat(read.get()).isGreaterThanOrEqualTo(file.span().bytes() / 2);
    assertThatThrownBy(
            () ->
                cold()
                    .audit(
                        id.topic(),
                        file,
                        bytes -> {
                          throw new ThermoclineException(ErrorKind.DEADLINE_EXCEEDED, "enough");
                        }))
        .hasMessage("enough");
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  default void randomRecordsWithGapsComeBackByteForByte(long seed) {
    Random random = new Random(seed);
    TopicPartition id = newPartition();
    List<StoredRecord> all = new ArrayList<>();
    long from = 0;
    for (int file = 0; file < 3; file++) {
      List<StoredRecord> records = Records.random(random, from + random.nextInt(5), 200, 4);
      tier(id, records);
      all.addAll(records);
      from = partition(id).tieredTo();
    }

    assertThat(readAll(id, 0, 1 + random.nextInt(50_000))).isEqualTo(all);
    long middle = random.nextLong(from);
    assertThat(readAll(id, middle, 1 << 20))
        .isEqualTo(all.stream().filter(record -> record.offset() >= middle).toList());
  }

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
  default void aBatchThatStraddlesTheRangeIsClipped() {
    TopicPartition id = newPartition();
    List<RecordBatch> batches =
        List.of(
            TestBatches.batch(Compression.ZSTD, APPENDED, Records.plain(0, 10)),
            TestBatches.batch(Compression.NONE, APPENDED, Records.plain(10, 10)),
            TestBatches.batch(Compression.LZ4, APPENDED, Records.plain(20, 10)));
    commit(id, move(id, 0, 7));

    ColdFile file =
        cold().write(id, new OffsetRange(7, 23), batches.iterator(), SETTINGS).orElseThrow();
    commit(id, move(id, 7, 23, file));

    assertThat(file.rows()).isEqualTo(16);
    assertThat(file.span().range()).isEqualTo(new OffsetRange(7, 23));
    assertThat(readAll(id, 7, 1 << 20)).isEqualTo(Records.plain(7, 16));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(7, 16));
  }

  @Test
  default void aRangeWithoutARecordMakesNoFile() {
    TopicPartition id = newPartition();
    List<RecordBatch> outside = batches(Records.plain(0, 10));

    assertThat(cold().write(id, new OffsetRange(10, 20), outside.iterator(), SETTINGS)).isEmpty();
    assertThat(cold().write(id, new OffsetRange(0, 5), List.<RecordBatch>of().iterator(), SETTINGS))
        .isEmpty();
  }

  @Test
  default void aFileTellsWhatIsInIt() {
    TopicPartition id = newPartition();
    List<RecordBatch> batches =
        List.of(
            TestBatches.batch(Compression.NONE, 5_000, Records.plain(3, 4)),
            TestBatches.batch(Compression.NONE, 9_000, Records.plain(7, 4)));

    ColdFile file =
        cold().write(id, new OffsetRange(0, 15), batches.iterator(), SETTINGS).orElseThrow();

    assertThat(file.partition()).isZero();
    assertThat(file.rows()).isEqualTo(8);
    assertThat(file.location()).isNotBlank();
    Span span = file.span();
    assertThat(span.bytes()).isPositive();
    assertThat(span).isEqualTo(new Span(new OffsetRange(0, 15), span.bytes(), 5_000, 9_000, true));
  }

  @Test
  default void payloadsOffTheHeapAreWritten() {
    TopicPartition id = newPartition();
    RecordBatch batch = TestBatches.batch(Compression.ZSTD, APPENDED, Records.odd(0));
    OffsetRange range = batch.range();

    ColdFile file =
        cold().write(id, range, List.of(offHeap(batch)).iterator(), SETTINGS).orElseThrow();
    commit(id, move(id, 0, range.to(), file));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.odd(0));
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

  @Test
  default void aTimestampIsFoundAtItsSmallestOffsetAcrossFiles() {
    TopicPartition id = newPartition();
    tier(id, Records.timed(0, 100, 300, 200));
    tier(id, Records.timed(3, -50, 250, 400));
    tier(id, Records.timed(6, 150, 350, 500));
    OffsetRange all = new OffsetRange(0, 9);

    assertThat(find(id, all, -1_000)).contains(new OffsetAndTimestamp(0, 100));
    assertThat(find(id, all, 101)).contains(new OffsetAndTimestamp(1, 300));
    assertThat(find(id, all, 300)).contains(new OffsetAndTimestamp(1, 300));
    assertThat(find(id, all, 301)).contains(new OffsetAndTimestamp(5, 400));
    assertThat(find(id, all, 401)).contains(new OffsetAndTimestamp(8, 500));
    assertThat(find(id, all, 501)).isEmpty();
    assertThat(find(id, new OffsetRange(2, 9), 201)).contains(new OffsetAndTimestamp(4, 250));
    assertThat(find(id, new OffsetRange(6, 9), 201)).contains(new OffsetAndTimestamp(7, 350));
    assertThat(find(id, new OffsetRange(0, 5), 301)).isEmpty();
    assertThat(find(id, new OffsetRange(4, 4), 0)).isEmpty();
  }

  @Test
  default void theLargestTimestampIsFoundAtItsSmallestOffsetAcrossFiles() {
    TopicPartition id = newPartition();
    assertThat(latest(id, 0, 9)).isEmpty();
    tier(id, Records.timed(0, 100, 400, 200));
    tier(id, Records.timed(3, -50, 250, 400));
    tier(id, Records.timed(6, 150, 400, 350));

    assertThat(latest(id, 0, 9)).contains(new OffsetAndTimestamp(1, 400));
    assertThat(latest(id, 2, 9)).contains(new OffsetAndTimestamp(5, 400));
    assertThat(latest(id, 6, 100)).contains(new OffsetAndTimestamp(7, 400));
    assertThat(latest(id, 2, 5)).contains(new OffsetAndTimestamp(4, 250));
    assertThat(latest(id, 8, 9)).contains(new OffsetAndTimestamp(8, 350));
    assertThat(latest(id, 4, 4)).isEmpty();
  }

  private Optional<OffsetAndTimestamp> latest(TopicPartition id, long from, long to) {
    return cold().maxTimestamp(id, new OffsetRange(from, to));
  }

  @Test
  default void aTimestampInALargeFileIsFoundAtItsSmallestOffset() {
    TopicPartition id = newPartition();
    Random random = new Random(3);
    List<StoredRecord> records = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      long timestamp = Records.NOON + i * 10L + random.nextInt(-200, 200);
      records.add(StoredRecord.of(i, timestamp, "key", "value-" + "-".repeat(200)));
    }
    tier(id, records);

    for (long wanted = Records.NOON; wanted < Records.NOON + 50_000; wanted += 4_321) {
      long timestamp = wanted;
      Optional<OffsetAndTimestamp> expected =
          records.stream()
              .filter(record -> record.timestampMillis() >= timestamp)
              .findFirst()
              .map(record -> new OffsetAndTimestamp(record.offset(), record.timestampMillis()));
      assertThat(find(id, new OffsetRange(0, 5_000), timestamp)).isEqualTo(expected);
    }
  }

  private Optional<OffsetAndTimestamp> find(TopicPartition id, OffsetRange range, long millis) {
    return cold().offsetForTimestamp(id, range, millis);
  }

  private static List<Long> offsets(List<ReadResult.Progress> steps) {
    return steps.stream()
        .flatMap(step -> step.lost().stream())
        .flatMapToLong(range -> LongStream.range(range.from(), range.to()))
        .boxed()
        .toList();
  }

  private static RecordBatch offHeap(RecordBatch batch) {
    BatchContent content = batch.content();
    ByteBuffer payload = ByteBuffer.allocateDirect(content.sizeInBytes());
    payload.put(content.payload().duplicate()).flip();
    return new RecordBatch(
        batch.baseOffset(),
        batch.appendTimeMillis(),
        batch.maxTimestampMillis(),
        BatchContent.of(
            content.count(),
            content.lastOffsetDelta(),
            content.compression(),
            content.baseTimestampMillis(),
            content.uncompressedBytes(),
            payload));
  }
}
