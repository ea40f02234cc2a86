package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchDirectoryTest {
  @TempDir Path folder;

  @Test
  void itGoesWithAllInItAndWhatLinksLeadToStays() throws IOException {
    Path elsewhere = Files.writeString(folder.resolve("kept"), "kept");
    Path made;
    try (ScratchDirectory scratch = ScratchDirectory.make("thermocline-test-")) {
      made = scratch.path();
      Path inside = Files.createDirectories(made.resolve("a/b"));
      Files.writeString(inside.resolve("file"), "gone");
      Files.createSymbolicLink(inside.resolve("link"), elsewhere);
      Files.createSymbolicLink(made.resolve("folder"), folder);
    }
    assertThat(made).doesNotExist();
    assertThat(elsewhere).hasContent("kept");
  }
}
