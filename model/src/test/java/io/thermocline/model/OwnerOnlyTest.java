package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyTest {
  @TempDir Path folder;

  @Test
  void whatIsMadeIsTheOwnersAlone() throws IOException {
    Path directory = folder.resolve("a/b");
    OwnerOnly.createDirectories(directory);
    OwnerOnly.createDirectories(directory);
    Path file = Files.createFile(directory.resolve("file"), OwnerOnly.file(directory));
    assertThat(mode(folder.resolve("a"))).isEqualTo("rwx------");
    assertThat(mode(directory)).isEqualTo("rwx------");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void whatIsThereIsTakenFromOthersAndWhatLinksLeadToIsNot() throws IOException {
    Path elsewhere = open(Files.writeString(folder.resolve("elsewhere"), "x"), "rw-r--r--");
    Path directory = open(Files.createDirectory(folder.resolve("d")), "rwxr-xr-x");
    Path below = open(Files.createDirectory(directory.resolve("below")), "rwxrwx---");
    Path file = open(Files.writeString(below.resolve("file"), "x"), "rw-rw-r--");
    Path narrower = open(Files.writeString(below.resolve("narrower"), "x"), "r--------");
    Path readOnly = open(Files.writeString(below.resolve("read-only"), "x"), "r--r-----");
    Files.createSymbolicLink(below.resolve("link"), elsewhere);
    OwnerOnly.restrict(directory);
    assertThat(mode(directory)).isEqualTo("rwx------");
    assertThat(mode(below)).isEqualTo("rwx------");
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(narrower)).isEqualTo("r--------");
    assertThat(mode(readOnly)).isEqualTo("r--------");
    assertThat(mode(elsewhere)).isEqualTo("rw-r--r--");
  }

  private static Path open(Path path, String permissions) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
