package io.thermocline.codec;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.RecordBatch;
import io.thermocline.proto.v1.Record;
import io.thermocline.proto.v1.Records;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What is true of a batch ever after it was accepted. */
class StoredBatchTest {
  private final BatchChecker checker = new BatchChecker(new BatchLimits(10, 1 << 20, 1));

  private static BatchContent content(int lastOffsetDelta, int... offsetDeltas) {
    Records.Builder records = Records.newBuilder();
    for (int i = 0; i < offsetDeltas.length; i++) {
      records.addRecords(
          Record.newBuilder().setOffsetDelta(offsetDeltas[i]).setTimestampDelta(i % 2));
    }
    byte[] payload = records.build().toByteArray();
    return BatchContent.of(
        offsetDeltas.length,
        lastOffsetDelta,
        Compression.NONE,
        1_000,
        payload.length,
        ByteBuffer.wrap(payload));
  }

  private static RecordBatch stored(BatchContent content) {
    return new RecordBatch(500, 0, 1_001, content);
  }

  private void assertRefused(RecordBatch batch, String why) {
    assertThatThrownBy(() -> checker.checkStored(batch)).hasMessageContaining(why);
  }

  @Test
  void gapsAndLimitsOfAnotherDayAreNotHeldAgainstIt() {
    checker.checkStored(stored(content(2, 0, 1, 2)));
    checker.checkStored(stored(content(9, 0, 3, 4, 8)));
  }

  @Test
  void offsetsOutOfOrderOrOutsideTheBatchAreRefused() {
    assertRefused(stored(content(5, 0, 2, 2)), "offset 502 is out of order");
    assertRefused(stored(content(5, 0, 3, 1)), "offset 501 is out of order");
    assertRefused(stored(content(5, 0, 3, 6)), "offset 506 is out of order, or outside");
  }

  @Test
  void anotherLargestTimestampIsRefused() {
    assertRefused(
        new RecordBatch(500, 0, 1_002, content(1, 0, 1)), "says 1002 ms, the payload has 1001");
  }

  @Test
  void anotherCountIsRefused() {
    BatchContent three = content(3, 0, 1, 2);
    for (int count : new int[] {2, 4}) {
      BatchContent other =
          BatchContent.of(
              count, 3, Compression.NONE, 1_000, three.uncompressedBytes(), three.payload());
      assertRefused(stored(other), "it says " + count + " records, the payload has 3");
    }
  }

  @Test
  void anotherChecksumIsRefused() {
    BatchContent good = content(3, 0, 1, 2);
    BatchContent bad =
        new BatchContent(
            good.count(),
            good.lastOffsetDelta(),
            good.compression(),
            good.attributes(),
            good.baseTimestampMillis(),
            good.uncompressedBytes(),
            good.crc32c() + 1,
            good.payload());
    assertRefused(stored(bad), "CRC32C is");
  }
}
