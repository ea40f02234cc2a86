package io.thermocline.client.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.record.PartitionName;
import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchMakerTest {
  private static final PartitionName P0 = new PartitionName("t", 0);
  private static final int BATCHES = 200;

  @ParameterizedTest
  @EnumSource(Compression.class)
  void manyThreadsMakeEachBatchOnceAndWhole(Compression compression) {
    List<ProducerBatch> batches = new ArrayList<>();
    try (BatchMaker maker = new BatchMaker(compression)) {
      CyclicBarrier together = new CyclicBarrier(2);
      for (int i = 0; i < BATCHES; i++) {
        batches.add(batch(maker.builder(), i));
      }
      Runnable makeAll =
          () -> {
            for (ProducerBatch batch : batches) {
              meet(together);
              maker.make(batch);
              assertThat(batch.isMade()).isTrue();
            }
          };
      CompletableFuture.allOf(
              CompletableFuture.runAsync(makeAll, task -> new Thread(task).start()),
              CompletableFuture.runAsync(makeAll, task -> new Thread(task).start()))
          .join();
    }
    for (int i = 0; i < BATCHES; i++) {
      BatchContent content = batches.get(i).content();
      assertThat(content.compression()).isEqualTo(compression);
      assertThat(content.computeCrc32c()).isEqualTo(content.crc32c());
      byte[] value = value(i);
      assertThat(TestBatches.decode(0, content))
          .singleElement()
          .satisfies(record -> assertThat(record.value().toArray()).isEqualTo(value));
    }
  }

  @Test
  void whatCanNotBeMadeIsAsBeforeAndMadeAheadWithoutAWord() {
    try (BatchMaker maker = new BatchMaker(Compression.NONE)) {
      BatchBuilder builder = new BatchBuilder();
      ProducerBatch batch = batch(builder, 1);
      assertThat(builder.build(Compression.NONE)).as("taken from under it").isNotNull();

      maker.makeAhead(batch);
      assertThat(batch.isMade()).isFalse();
      assertThat(batch.answered()).as("only the sender answers").isNotDone();
      assertThatThrownBy(() -> maker.make(batch)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aBatchThatIsMadeAfterItIsClosedIsWhole() {
    BatchMaker maker = new BatchMaker(Compression.ZSTD);
    ProducerBatch batch = batch(maker.builder(), 7);
    maker.close();
    maker.make(batch);
    assertThat(TestBatches.decode(0, batch.content())).hasSize(1);
  }

  private static ProducerBatch batch(BatchBuilder builder, int number) {
    ProducerBatch batch = new ProducerBatch(P0, 0, builder, AppendConditions.NONE);
    var unused = batch.add(5, null, value(number), new HeaderBuffer(), 0);
    return batch;
  }

  private static byte[] value(int number) {
    byte[] value = new byte[1_000];
    Arrays.fill(value, 100, 900, (byte) number);
    return value;
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      int unused = barrier.await(1, TimeUnit.MINUTES);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
