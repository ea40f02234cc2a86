package io.thermocline.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QuickstartExampleIT {

  @Test
  void runs() {
    try (OpenServer server = new OpenServer()) {
      assertThat(QuickstartExample.run("127.0.0.1:" + server.server.port()))
          .contains("read 100 records")
          .anyMatch(line -> line.startsWith("first from COLD"));
    }
  }

  /** The README's example is this very code. */
  @Test
  void isWhatTheReadmeShows() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/io/thermocline/client/QuickstartExample.java"));
    String body =
        source.substring(source.indexOf("    try (Thermo"), source.indexOf("    return lines;"));
    assertThat(Files.readString(Path.of("README.md"))).contains(body.stripTrailing().stripIndent());
  }
}
