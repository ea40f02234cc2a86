package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./thermocline} as the container image has it: all jars in {@code lib/} beside it. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  /** In place of a JVM: says what it was started with, a word each line. */
  private static final String JAVA =
      """
      #!/bin/sh
      if [ "$1" = -version ]; then echo 'openjdk version "17.0.1"' >&2; else printf '%s\\n' "$@"; fi
      """;

  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void anImage() throws IOException {
    image = Files.createDirectories(folder.resolve("image/lib")).getParent();
    Files.copy(
        Repository.file("thermocline"),
        image.resolve("thermocline"),
        StandardCopyOption.COPY_ATTRIBUTES);
    Path java = Files.createDirectories(folder.resolve("jre/bin")).resolve("java");
    Files.writeString(java, JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void nothingIsBuiltAndTheJarsBesideItAreRun() throws Exception {
    assertThat(run("", "topic", "list"))
        .containsSubsequence("-cp", image + "/lib/*", Main.class.getName(), "topic", "list")
        .noneMatch(word -> word.contains("target"));
  }

  @Test
  void aLinkToItIsFollowed() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), image.resolve("thermocline"));
    assertThat(run(link, "", "serve")).contains(image + "/lib/*");
  }

  @Test
  void optionsOfTheEnvironmentComeAfterTheServersOwnSoTheyCount() throws Exception {
    assertThat(run("-Xmx2g -Dmore=1", "serve"))
        .containsSubsequence("-Xmx512m", "-XX:MaxDirectMemorySize=256m", "-Xmx2g", "-Dmore=1")
        .endsWith(Main.class.getName(), "serve");
  }

  @Test
  void benchSaysThatItNeedsACheckout() throws Exception {
    assertThat(run("", "bench")).containsExactly("thermocline: bench runs from a checkout only");
  }

  private List<String> run(String javaOptions, String... arguments) throws Exception {
    return run(image.resolve("thermocline"), javaOptions, arguments);
  }

  private List<String> run(Path launcher, String javaOptions, String... arguments)
      throws Exception {
    ProcessBuilder builder = new ProcessBuilder(launcher.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("JAVA_HOME", folder.resolve("jre").toString());
    builder.environment().put("THERMOCLINE_JAVA_OPTS", javaOptions);
    Path out = folder.resolve("out");
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readAllLines(out);
  }
}
