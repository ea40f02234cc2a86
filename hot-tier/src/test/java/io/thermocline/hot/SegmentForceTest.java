package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentFile;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.hot.segment.SegmentWriter;
import io.thermocline.model.Compression;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of a segment's file a force makes durable. */
class SegmentForceTest {
  private static final TopicPartition ID = new TopicId(new UUID(1, 2), "orders").partition(0);
  private static final int PAYLOAD_BYTES = 10;

  @TempDir Path directory;
  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void whatIsWrittenDuringAForceIsNotForcedByIt() throws IOException {
    SegmentWriter writer =
        SegmentWriter.create(disk, Segment.at(directory.resolve("0"), ID, 0), new SegmentIndex(0));
    append(writer);
    long before = writer.position();
    disk.fault =
        (op, path) -> {
          if (op == FaultyDisk.Op.FORCE) {
            append(writer);
          }
        };

    writer.file().force();

    assertThat(writer.position()).isGreaterThan(before);
    assertThat(writer.file().forced()).isEqualTo(new SegmentFile.Reach(before, 1));
    disk.fault = FaultyDisk.NONE;
    writer.file().force();
    assertThat(writer.file().forced()).isEqualTo(new SegmentFile.Reach(writer.position(), 2));
    writer.file().close();
  }

  private static void append(SegmentWriter writer) {
    BatchHeader header =
        new BatchHeader(
            writer.nextOffset(),
            1,
            0,
            PAYLOAD_BYTES,
            PAYLOAD_BYTES,
            Compression.NONE,
            0,
            0,
            0,
            0,
            0,
            -1,
            (short) -1,
            -1,
            0,
            0);
    try {
      writer.append(header, ByteBuffer.allocate(PAYLOAD_BYTES));
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
