package io.thermocline.hot.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Compression;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SegmentIndexTest {
  private final Random random = new Random(11);
  private final TreeMap<Long, Long> positions = new TreeMap<>();
  private final SegmentIndex index = new SegmentIndex(0);

  @Test
  void leadsToTheVeryBatchAtTheEndAndToOneBeforeItFurtherBack() {
    long position = 0;
    long offset = 500;
    for (int batch = 0; batch < 1_000; batch++) {
      int records = 1 + random.nextInt(9);
      positions.put(offset, position);
      index.add(position, header(offset, records));
      offset += records;
      position += 100 + random.nextInt(5_000);
      for (int probe = 0; probe < 5; probe++) {
        ofTheLast(offset - random.nextInt((int) (offset - 500)) - 1);
      }
    }
    assertThat(index.positionFor(positions.lastKey())).isEqualTo(positions.lastEntry().getValue());
    assertThat(index.positionFor(499)).as("before the first").isZero();
  }

  private void ofTheLast(long offset) {
    Map.Entry<Long, Long> holder = positions.floorEntry(offset);
    long found = index.positionFor(offset);
    assertThat(positions).as("begins of batches").containsValue(found);
    boolean isOfTheLast = positions.tailMap(holder.getKey()).size() <= 64;
    if (isOfTheLast) {
      assertThat(found).isEqualTo(holder.getValue());
    } else {
      assertThat(found)
          .isBetween(holder.getValue() - SegmentIndex.INTERVAL_BYTES, holder.getValue());
    }
  }

  @Test
  void whatIsStoredLeadsThereToo() {
    for (int batch = 0; batch < 100; batch++) {
      index.add(batch * 10_000L, header(batch, 1));
    }
    SegmentIndex stored = index.snapshot().toIndex();
    for (int batch = 0; batch < 100; batch++) {
      assertThat(stored.positionFor(batch))
          .isBetween(batch * 10_000L - SegmentIndex.INTERVAL_BYTES, batch * 10_000L);
    }
  }

  private static BatchHeader header(long offset, int records) {
    return new BatchHeader(
        offset,
        records,
        records - 1,
        7,
        9,
        Compression.NONE,
        0,
        1,
        2,
        3,
        0,
        -1,
        (short) -1,
        -1,
        0,
        0);
  }
}
