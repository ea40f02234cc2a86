package io.thermocline.hot.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.segment.Segment;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenSegmentsTest {
  private static final TopicPartition ID = new TopicId(new UUID(1, 2), "orders").partition(0);

  @TempDir Path directory;
  private final Counter failedChores = new SimpleMeterRegistry().counter("failed.chores");

  @Test
  void noMoreFilesAreOpenThanAllowed() throws IOException {
    List<Segment> segments = new ArrayList<>();
    for (long base = 0; base < 50; base += 10) {
      Segment segment = Segment.at(directory, ID, base);
      Files.write(segment.file(), new byte[] {1});
      segments.add(segment);
    }
    try (OpenSegments open = new OpenSegments(new LocalDisk(), 2, failedChores)) {
      try (OpenSegments.Open held = open.acquire(segments.get(0))) {
        for (Segment segment : segments.subList(1, 5)) {
          open.acquire(segment).close();
        }
        assertThat(open.count()).isEqualTo(2);
        assertThat(held.file().size()).isPositive();
      }
    }
  }
}
