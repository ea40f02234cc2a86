package io.thermocline.hot.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.directory.Metadata.PartitionEntry;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataFileTest {
  private static final TopicId ORDERS =
      new TopicId(new UUID(0x1011121314151617L, 0x18191a1b1c1d1e1fL), "orders");

  @TempDir Path directory;

  @Test
  void version1IsReadAndWrittenAnewAsVersion2() throws IOException {
    Path path = copyOf("metadata-v1.bin");

    MetadataFile file = MetadataFile.open(new LocalDisk(), path);

    assertThat(file.current()).isEqualTo(metadata(0));
    assertThat(file.knowsProducers()).isFalse();
    MetadataFile again = MetadataFile.open(new LocalDisk(), path);
    assertThat(again.current()).isEqualTo(metadata(0));
    assertThat(again.knowsProducers()).isTrue();
  }

  @Test
  void version2IsReadAndWrittenAsItWasThen() throws IOException {
    Path path = copyOf("metadata-v2.bin");

    MetadataFile file = MetadataFile.open(new LocalDisk(), path);

    assertThat(file.current()).isEqualTo(metadata(77));
    assertThat(file.knowsProducers()).isTrue();
    byte[] before = Files.readAllBytes(path);
    Metadata unused = file.change(m -> m.with(ORDERS.partition(0), p -> p.fencedBy(5)));
    Metadata back = file.change(m -> metadata(77));
    assertThat(back).isEqualTo(metadata(77));
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
  }

  private static Metadata metadata(long fence) {
    Metadata.TopicEntry orders =
        new Metadata.TopicEntry(
            new Topic(ORDERS, 3, Instant.ofEpochMilli(1_795_168_800_000L)),
            Optional.empty(),
            Map.of(
                0, new PartitionEntry(5, 3, 1, List.of(new OffsetRange(7, 9)), 0),
                2, new PartitionEntry(0, 0, 0, List.of(), fence)));
    return new Metadata(
        new UUID(0x0001020304050607L, 0x08090a0b0c0d0e0fL), Map.of("orders", orders));
  }

  private Path copyOf(String golden) throws IOException {
    try (InputStream in = getClass().getResourceAsStream(golden)) {
      return Files.write(directory.resolve("metadata"), in.readAllBytes());
    }
  }
}
