package io.thermocline.testkit;

import static io.thermocline.testkit.ColdTierSubject.batches;
import static io.thermocline.testkit.ColdTierSubject.move;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.codec.RecordSums;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link ColdTierContract} about what is written: it comes back byte for byte. */
public interface ColdTierWriteContract extends ColdTierSubject {
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
