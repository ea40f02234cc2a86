package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.segment.Segment;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** What of a tier would be there if the power failed now and took all that it may. */
final class ForcedBytes {
  private final SimulatedDisk disk;

  private ForcedBytes(SimulatedDisk disk) {
    this.disk = disk;
  }

  static ForcedBytes of(SimulatedDisk disk) {
    return new ForcedBytes(disk.cut().forcedOnly());
  }

  /** Whether some file has it. */
  boolean hold(String text) {
    try (Stream<Path> paths = Files.walk(disk.getPath("/data/hot"))) {
      return paths
          .filter(Files::isRegularFile)
          .anyMatch(path -> new String(bytes(path), StandardCharsets.ISO_8859_1).contains(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As far as a log says that its file is forced, the file has the same bytes. */
  void reachTheMarksOf(HotOpening opening) {
    for (PartitionLog log : opening.logs().all()) {
      Optional<Checkpoint.Mark> mark = log.mark();
      if (mark.isPresent() && mark.get().bytes() > 0) {
        Path directory = opening.env().directory().partition(log.id());
        Path file = Segment.at(directory, log.id(), mark.get().segment()).file();
        int size = Math.toIntExact(mark.get().bytes());
        assertThat(Arrays.copyOf(bytes(disk.getPath(file.toString())), size))
            .as("what is forced of %s, up to %d", file, size)
            .isEqualTo(Arrays.copyOf(bytes(file), size));
      }
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
