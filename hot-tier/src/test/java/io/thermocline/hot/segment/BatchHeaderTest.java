package io.thermocline.hot.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BatchHeaderTest {
  private static final LogStamp STAMP =
      new LogStamp(UUID.fromString("4f7b2c60-9a1d-4c35-8a53-0d6d1b0c9e77"), 3, 1_000);
  private static final BatchHeader HEADER =
      new BatchHeader(
          1_234,
          5,
          4,
          7,
          9,
          Compression.ZSTD,
          0,
          -62_135_596_800_000L,
          2_000,
          3_000,
          1_200,
          -1,
          (short) -1,
          -1,
          8,
          0xCAFEBABE);

  @Test
  void whatIsWrittenIsRead() {
    assertThat(BatchHeader.parse(written(64), 0, STAMP, 64)).isEqualTo(HEADER);
  }

  @Test
  void anyFlippedBitIsSeen() {
    for (int bit = 0; bit < BatchHeader.BYTES * 8; bit++) {
      ByteBuffer bytes = written(64);
      bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ (1 << (bit % 8))));
      assertThat(BatchHeader.parse(bytes, 0, STAMP, 64)).as("bit %d", bit).isNull();
    }
  }

  @Test
  void aBatchOfAnotherPlaceIsNotTakenForOneOfThis() {
    ByteBuffer bytes = written(64);
    assertThat(BatchHeader.parse(bytes, 0, STAMP, 65)).isNull();
    assertThat(BatchHeader.parse(bytes, 0, new LogStamp(STAMP.topic(), 3, 1_001), 64)).isNull();
    assertThat(BatchHeader.parse(bytes, 0, new LogStamp(STAMP.topic(), 4, 1_000), 64)).isNull();
    assertThat(BatchHeader.parse(bytes, 0, new LogStamp(new UUID(1, 2), 3, 1_000), 64)).isNull();
  }

  /** The file must never be made anew: later versions have to read what this one wrote. */
  @Test
  void version1IsReadAsItWasWrittenThen() throws IOException {
    byte[] golden;
    try (InputStream file = getClass().getResourceAsStream("batch-v1.bin")) {
      golden = file.readAllBytes();
    }
    BatchContent content =
        BatchContent.of(
            1,
            0,
            Compression.NONE,
            77,
            7,
            ByteBuffer.wrap("payload".getBytes(StandardCharsets.UTF_8)));
    BatchHeader header = BatchHeader.of(content, null, 1_000, 1_111, 2_222, 999, 2);
    assertThat(BatchHeader.parse(ByteBuffer.wrap(golden), 0, STAMP, 0)).isEqualTo(header);

    ByteBuffer now = ByteBuffer.allocate(golden.length);
    header.write(now, STAMP, 0);
    now.put(content.payload().duplicate());
    assertThat(now.array()).isEqualTo(golden);
  }

  private static ByteBuffer written(long position) {
    ByteBuffer bytes = ByteBuffer.allocate(BatchHeader.BYTES);
    HEADER.write(bytes, STAMP, position);
    return bytes;
  }
}
