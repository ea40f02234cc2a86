package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small file systems of a test, to be filled or broken, and the system's commands for that. */
final class Mounts {
  private static final long EXT4_BYTES = 96L << 20;

  private final Path folder;
  private final List<Path> mounted = new ArrayList<>();

  /**
   * @param folder where they are mounted
   */
  Mounts(Path folder) {
    this.folder = folder;
  }

  /** A file system in memory. Skips the test where none can be mounted. */
  Path tmpfs(String size) throws Exception {
    return mount("a small file system", "-t", "tmpfs", "-o", "size=" + size, "tmpfs");
  }

  /**
   * A file system that the system makes read-only when it is told that it is broken. Skips the test
   * where none can be mounted.
   *
   * @param image the file that it is made in
   */
  Path ext4(Path image) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(EXT4_BYTES);
    }
    assumeTrue(succeeds("mkfs.ext4", "-q", image.toString()), "mkfs.ext4 does not work here");
    return mount("a file system in a file", "-o", "loop", image.toString());
  }

  private Path mount(String what, String... options) throws Exception {
    Path mount = Files.createDirectory(folder.resolve("disk"));
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(options));
    command.add(mount.toString());
    assumeTrue(succeeds(command.toArray(String[]::new)), what + " can't be mounted here");
    mounted.add(mount);
    return mount;
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  /** Runs a command of the system, which has to succeed. */
  static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), said).isZero();
  }

  /** Takes them away, whoever still has files open there. */
  void unmount() throws Exception {
    for (Path mount : mounted) {
      run("umount", "-l", mount.toString());
    }
  }
}
