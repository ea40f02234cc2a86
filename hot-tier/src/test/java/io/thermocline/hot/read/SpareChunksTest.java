package io.thermocline.hot.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpareChunksTest {
  private static final int LARGE = 1 << 20;

  private final SpareChunks chunks = new SpareChunks();

  private static RecordBatch batch(ByteBuffer chunk, int from, int to) {
    BatchContent content =
        new BatchContent(1, 0, Compression.NONE, 0, 0, to - from, 0, chunk.slice(from, to - from));
    return new RecordBatch(0, 0, 0, content);
  }

  private static byte[] arrayOf(ByteBuffer buffer) {
    assertThat(buffer.arrayOffset()).isNotNegative();
    return buffer.array();
  }

  private List<RecordBatch> read(int batches) {
    ByteBuffer chunk = chunks.take(LARGE);
    List<RecordBatch> read = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      read.add(batch(chunk, i * 1000 + 900, i * 1000 + 1000));
    }
    chunks.lend(read);
    return read;
  }

  @Test
  void aChunkIsUsedAgainOnceTheLastOfItsBatchesIsBackAndNoSooner() {
    List<RecordBatch> first = read(3);
    byte[] array = arrayOf(first.get(0).content().payload());

    chunks.giveBack(first.subList(1, 3));
    assertThat(arrayOf(chunks.take(LARGE))).isNotSameAs(array);
    chunks.giveBack(first.subList(0, 1));
    ByteBuffer again = chunks.take(LARGE - 100);
    assertThat(arrayOf(again)).isSameAs(array);
    assertThat(again.remaining()).isEqualTo(LARGE - 100);
    assertThat(arrayOf(chunks.take(LARGE))).isNotSameAs(array);
  }

  @Test
  void aChunkWhoseBatchesNobodyGivesBackIsForgotten() {
    List<RecordBatch> kept = read(1);
    for (int i = 0; i < 100; i++) {
      List<RecordBatch> unused = read(1);
    }
    chunks.giveBack(kept);
    assertThat(chunks.waiting()).isEmpty();
    chunks.giveBack(read(2));
    assertThat(chunks.waiting()).hasSize(1);
  }

  @Test
  void noMoreWaitThanAreWorthTheirMemory() {
    List<List<RecordBatch>> out = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      out.add(read(2));
    }
    out.forEach(chunks::giveBack);
    assertThat(chunks.waiting()).hasSize(16);
    Set<byte[]> different = Collections.newSetFromMap(new IdentityHashMap<>());
    different.addAll(chunks.waiting());
    assertThat(different.size()).isEqualTo(16);
  }

  @Test
  void batchesOfOthersAndSmallOrDirectOnesAreNoneOfThese() {
    List<RecordBatch> others = new ArrayList<>();
    others.add(batch(ByteBuffer.allocate(LARGE), 900, 1000));
    others.add(batch(ByteBuffer.allocateDirect(LARGE), 900, 1000));
    chunks.giveBack(others);
    ByteBuffer small = chunks.take(1000);
    List<RecordBatch> read = List.of(batch(small, 900, 1000));
    chunks.lend(read);
    chunks.giveBack(read);
    assertThat(chunks.waiting()).isEmpty();
  }
}
