package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatchContentTest {
  private static final ByteBuffer PAYLOAD = ByteBuffer.wrap(new byte[] {1, 2, 3, 4});

  @Test
  void theChecksumCoversEveryFieldAndByte() {
    Set<Integer> checksums = new HashSet<>();
    List<BatchContent> all =
        List.of(
            BatchContent.of(1, 0, Compression.NONE, 5, 4, PAYLOAD),
            BatchContent.of(2, 0, Compression.NONE, 5, 4, PAYLOAD),
            BatchContent.of(1, 1, Compression.NONE, 5, 4, PAYLOAD),
            BatchContent.of(1, 0, Compression.ZSTD, 5, 4, PAYLOAD),
            BatchContent.of(1, 0, Compression.NONE, 6, 4, PAYLOAD),
            BatchContent.of(1, 0, Compression.NONE, 5, 3, PAYLOAD),
            BatchContent.of(1, 0, Compression.NONE, 5, 4, ByteBuffer.wrap(new byte[] {1, 2, 3, 5})),
            BatchContent.of(1, 0, Compression.NONE, 5, 4, ByteBuffer.wrap(new byte[] {1, 2, 3})));

    all.forEach(content -> checksums.add(content.crc32c()));

    assertThat(checksums).hasSize(all.size());
    assertThat(all).allMatch(content -> content.crc32c() == content.computeCrc32c());
  }

  @Test
  void theChecksumIsTheSameForAnyBufferWithTheSameBytes() {
    ByteBuffer direct = ByteBuffer.allocateDirect(10).position(3).limit(7);
    direct.duplicate().put(PAYLOAD.duplicate());

    BatchContent view = BatchContent.of(1, 0, Compression.NONE, 5, 4, direct);

    assertThat(view.crc32c())
        .isEqualTo(BatchContent.of(1, 0, Compression.NONE, 5, 4, PAYLOAD).crc32c());
    assertThat(direct.position()).isEqualTo(3);
  }

  @Test
  void aBatchTakesTheOffsetsUpToItsLastRecord() {
    BatchContent content = BatchContent.of(2, 4, Compression.NONE, 0, 4, PAYLOAD);
    RecordBatch batch = new RecordBatch(10, 0, 0, content);

    assertThat(batch.range()).isEqualTo(new OffsetRange(10, 15));
    assertThat(batch.sizeInBytes()).isEqualTo(4);
    assertThatIllegalArgumentException().isThrownBy(() -> new RecordBatch(-1, 0, 0, content));
  }
}
