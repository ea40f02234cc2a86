package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.PartitionState;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The part of {@link HotTierContract} about writing. */
public interface HotTierAppendContract extends HotTierSubject {

  @Test
  default void aNewPartitionIsEmptyAtZero() {
    PartitionState state = hot().state(newPartition());

    assertThat(state.logStart()).isZero();
    assertThat(state.hotStart()).isZero();
    assertThat(state.stableEnd()).isZero();
    assertThat(state.end()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  default void oddRecordsComeBackByteForByte(Compression compression) {
    TopicPartition id = newPartition();

    List<StoredRecord> stored = append(id, compression, Records.odd(0));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(stored);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  default void randomRecordsComeBackByteForByte(long seed) {
    Random random = new Random(seed);
    TopicPartition id = newPartition();
    List<StoredRecord> stored = new ArrayList<>();
    for (int batch = 0; batch < 15; batch++) {
      Compression compression = Compression.ofCode(random.nextInt(3));
      stored.addAll(append(id, compression, Records.random(random, 0, 1 + random.nextInt(30))));
    }

    assertThat(readAll(id, 0, 1 + random.nextInt(100_000))).isEqualTo(stored);
  }

  @Test
  default void theAnswerNamesTheFirstOffsetAndTheBrokersTime() {
    TopicPartition id = newPartition();
    Appended first = Await.result(hot().append(id, TestBatches.content(plain(3))));
    clock().advance(Duration.ofSeconds(7));
    Appended second = Await.result(hot().append(id, TestBatches.content(plain(2))));

    assertThat(first.baseOffset()).isZero();
    assertThat(second.baseOffset()).isGreaterThanOrEqualTo(3);
    assertThat(hot().state(id).end()).isGreaterThanOrEqualTo(second.baseOffset() + 2);
    assertThat(second.appendTimeMillis() - first.appendTimeMillis()).isEqualTo(7_000);
    assertThat(progress(id, second.baseOffset(), 1 << 20).batches().get(0).appendTimeMillis())
        .isEqualTo(clock().millis());
  }

  @Test
  default void whatWasAcknowledgedIsBelowTheStableEnd() {
    TopicPartition id = newPartition();

    Appended appended = Await.result(hot().append(id, TestBatches.content(plain(5))));

    PartitionState state = hot().state(id);
    assertThat(state.end()).isGreaterThanOrEqualTo(appended.baseOffset() + 5);
    assertThat(state.stableEnd()).isLessThanOrEqualTo(state.end());
    assertThat(state.bytes()).isPositive();
    assertThat(state.segments()).isPositive();
  }

  @Test
  default void appendsThatNobodyWaitsForAreStoredInTheirOrder() {
    TopicPartition id = newPartition();
    List<CompletableFuture<Appended>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(
          hot().append(id, TestBatches.content(StoredRecord.of(0, i, "key", "value-" + i))));
    }

    List<Long> offsets = answers.stream().map(answer -> Await.result(answer).baseOffset()).toList();

    assertThat(offsets).isSorted().doesNotHaveDuplicates();
    assertThat(readAll(id, 0, 1 << 20).stream().map(StoredRecord::timestampMillis))
        .isEqualTo(Stream.iterate(0L, i -> i + 1).limit(200).toList());
  }

  @Test
  default void threadsThatAppendTogetherLoseNothingAndKeepTheirOwnOrder() {
    TopicPartition id = newPartition();
    List<CompletableFuture<Void>> threads =
        IntStream.range(0, 4)
            .mapToObj(
                thread ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int i = 0; i < 50; i++) {

                            append(id, List.of(StoredRecord.of(0, i, "key-" + thread, "v")));
                          }
                        }))
            .toList();
    threads.forEach(Await::result);

    List<StoredRecord> stored = readAll(id, 0, 1 << 20);

    assertThat(stored).hasSize(200);
    for (int thread = 0; thread < 4; thread++) {
      Bytes key = Bytes.utf8("key-" + thread);
      assertThat(stored.stream().filter(record -> record.key().equals(key)))
          .extracting(StoredRecord::timestampMillis)
          .isEqualTo(Stream.iterate(0L, i -> i + 1).limit(50).toList());
    }
  }

  @Test
  default void aPayloadMayBeAViewOfALargerBufferOnOrOffTheHeap() {
    TopicPartition id = newPartition();
    BatchContent content = TestBatches.content(Compression.ZSTD, Records.odd(0));
    ByteBuffer view = ByteBuffer.allocateDirect(content.sizeInBytes() + 20);
    view.position(13).limit(13 + content.sizeInBytes());
    view.duplicate().put(content.payload().duplicate());
    ByteBuffer onHeap = ByteBuffer.allocate(content.sizeInBytes() + 9);
    onHeap.position(4).limit(4 + content.sizeInBytes());
    onHeap.duplicate().put(content.payload().duplicate());

    for (ByteBuffer payload : List.of(view, onHeap.slice(), onHeap)) {
      int position = payload.position();
      long base = Await.result(hot().append(id, withPayload(content, payload))).baseOffset();

      assertThat(payload.position()).isEqualTo(position);
      assertThat(readAll(id, base, 1 << 20)).isEqualTo(Records.odd(base));
    }
  }

  /** Batches that a broker has to refuse, by what is wrong with them. */
  static Stream<BatchDamage> damages() {
    return BatchDamage.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  default void aBadBatchIsRefusedAndChangesNothing(BatchDamage damage) {
    TopicPartition id = newPartition();
    List<StoredRecord> before = append(id, Records.plain(0, 3));
    PartitionState state = hot().state(id);

    Await.fails(ErrorKind.INVALID, () -> hot().append(id, damage.batch()));

    assertThat(hot().state(id)).isEqualTo(state);
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(before);
    List<StoredRecord> after = append(id, Records.plain(0, 2));
    assertThat(readAll(id, after.get(0).offset(), 1 << 20)).isEqualTo(after);
  }

  @Test
  default void partitionsDoNotSeeEachOthersRecords() {
    Topic topic = topics().create("orders", 2);
    List<StoredRecord> first = append(topic.partition(0), Records.plain(100, 3));
    List<StoredRecord> second = append(topic.partition(1), Records.plain(200, 4));

    assertThat(readAll(topic.partition(0), 0, 1 << 20)).isEqualTo(first);
    assertThat(readAll(topic.partition(1), 0, 1 << 20)).isEqualTo(second);
  }

  @Test
  default void partitionsThatATopicGrewByTakeRecords() {
    Topic topic = topics().create("orders", 1);
    List<StoredRecord> old = append(topic.partition(0), Records.plain(0, 2));
    Topic grown = topics().growPartitions(topic.id(), 3);

    List<StoredRecord> added = append(grown.partition(2), Records.plain(0, 4));

    assertThat(readAll(grown.partition(2), 0, 1 << 20)).isEqualTo(added);
    assertThat(readAll(topic.partition(0), 0, 1 << 20)).isEqualTo(old);
  }

  @Test
  default void whatDoesNotExistIsNotFound() {
    TopicPartition missing = topics().create("orders", 2).id().partition(2);

    Await.fails(ErrorKind.NOT_FOUND, () -> hot().append(missing, TestBatches.content(plain(1))));
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().read(missing, 0, 100));
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().awaitBeyond(missing, 0));
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().offsetForTimestamp(missing, 0, 0));
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().seal(missing));
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().trim(missing, 0));
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().advanceLogStart(missing, 0));
    Await.throwsKind(ErrorKind.NOT_FOUND, () -> hot().state(missing));
    Await.throwsKind(ErrorKind.NOT_FOUND, () -> hot().spans(missing));
  }

  @Test
  default void aTopicBeingDeletedIsNotFoundAndItsNextNamesakeIsEmpty() {
    TopicPartition old = newPartition("orders");
    append(old, Records.plain(0, 5));
    CompletableFuture<Long> waiting = hot().awaitBeyond(old, hot().state(old).end());

    topics().beginDelete(old.topic(), false);

    Await.fails(ErrorKind.NOT_FOUND, () -> waiting);
    Await.throwsKind(ErrorKind.NOT_FOUND, () -> hot().state(old));
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().append(old, TestBatches.content(plain(1))));
    topics().finishDelete(old.topic());
    TopicPartition next = newPartition("orders");
    assertThat(hot().state(next).end()).isZero();
    List<StoredRecord> stored = append(next, Records.plain(0, 2));
    assertThat(readAll(next, 0, 1 << 20)).isEqualTo(stored);
    Await.fails(ErrorKind.NOT_FOUND, () -> hot().read(old, 0, 100));
  }

  private static StoredRecord[] plain(int count) {
    return Records.plain(0, count).toArray(StoredRecord[]::new);
  }

  private static BatchContent withPayload(BatchContent content, ByteBuffer payload) {
    return new BatchContent(
        content.count(),
        content.lastOffsetDelta(),
        content.compression(),
        content.attributes(),
        content.baseTimestampMillis(),
        content.uncompressedBytes(),
        content.crc32c(),
        payload);
  }
}
