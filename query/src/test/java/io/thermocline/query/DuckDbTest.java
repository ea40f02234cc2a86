package io.thermocline.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In processes of their own: a library is loaded once in each. */
class DuckDbTest {
  @TempDir Path folder;

  private static List<String> run(Path temporary) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                OpensDuckDb.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.lines().toList();
  }

  @Test
  void opensAsOftenAsOneLikes() throws Exception {
    assertThat(run(folder)).containsExactly("open true", "open true");
  }

  @Test
  void withoutRoomForItsLibraryEveryCallSaysWhyAndWhere() throws Exception {
    Path absent = folder.resolve("absent");
    assertThat(run(absent))
        .hasSize(2)
        .allMatch(line -> line.startsWith("FAILED_PRECONDITION "))
        .allMatch(line -> line.contains("unpacked into " + absent));
  }
}
