package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ScratchDirectory;
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

  private static final String TEMP_OPTION = "-Djava.io.tmpdir=";

  @TempDir private Path folder;
  private Path image;
  private Path temp;

  @BeforeEach
  void anImage() throws IOException {
    temp = Files.createDirectory(folder.resolve("temp"));
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

  @Test
  void eachProcessHasATempDirectoryThatNobodyElseCanEnter() throws Exception {
    Path own = tempDirectory(run("", "serve"));
    assertThat(own).isDirectory().isNotEqualTo(tempDirectory(run("", "topic", "list")));
    assertThat(own.getParent().getParent()).isEqualTo(temp);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void whatAKilledProcessLeftInItsTempDirectoryGoesAtTheNextStart() throws Exception {
    Path killed = tempDirectory(run("", "serve"));
    Files.createFile(killed.resolve("libduckdb_java1.so"));
    Path living = killed.resolveSibling(Long.toString(ProcessHandle.current().pid()));
    Path used = Files.createFile(Files.createDirectory(living).resolve("libduckdb_java2.so"));
    Path next = tempDirectory(run("", "serve"));
    assertThat(killed).doesNotExist();
    assertThat(used).exists();
    assertThat(next).isDirectory();
  }

  @Test
  void aTempDirectoryThatIsALinkIsLeftAloneWithAllThatLiesThere() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/1"));
    Path link = tempDirectory(run("", "serve")).getParent();
    new ScratchDirectory(link).close();
    Files.createSymbolicLink(link, elsewhere.getParent());
    assertThat(run("", "serve")).noneMatch(word -> word.startsWith(TEMP_OPTION));
    assertThat(elsewhere).exists();
  }

  private static Path tempDirectory(List<String> words) {
    return words.stream()
        .filter(word -> word.startsWith(TEMP_OPTION))
        .map(word -> Path.of(word.substring(TEMP_OPTION.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No temp directory: " + words));
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
    builder.environment().put("TMPDIR", temp.toString());
    Path out = folder.resolve("out");
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readAllLines(out);
  }
}
