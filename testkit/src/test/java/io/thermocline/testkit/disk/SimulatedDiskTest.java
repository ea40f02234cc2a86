package io.thermocline.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimulatedDiskTest {
  private static final int IMAGES = 200;

  private final SimulatedDisk disk = new SimulatedDisk(ManualClock.start());
  private final Path root = disk.getPath("/");

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#many")
  void answersAsARealDiskDoes(long seed, @TempDir Path real) throws IOException {
    Random random = new Random(seed);
    for (int step = 0; step < 60; step++) {
      long action = random.nextLong();
      assertThat(act(root, new Random(action)))
          .as("step %d", step)
          .isEqualTo(act(real, new Random(action)));
      assertThat(contents(root)).isEqualTo(contents(real));
    }
    assertThat(contents(disk.cut().afterKill().getPath("/"))).isEqualTo(contents(real));
  }

  /** Does something, the same for the same random numbers; what came of it. */
  private static String act(Path root, Random random) {
    Path one = root.resolve(name(random));
    Path other = root.resolve(name(random));
    try {
      switch (random.nextInt(7)) {
        case 0 -> Files.createDirectory(one);
        case 1 -> Files.createLink(one, other);
        case 2 -> Files.delete(one);
        case 3 -> Files.move(one, other, StandardCopyOption.ATOMIC_MOVE);
        default -> write(one, random);
      }
      return "done";
    } catch (FileSystemException e) {
      return "failed";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String name(Random random) {
    return random.nextInt(3) == 0 ? "d" + random.nextInt(2) : "d0/f" + random.nextInt(3);
  }

  private static void write(Path file, Random random) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      byte[] bytes = new byte[random.nextInt(10_000)];
      Arrays.fill(bytes, (byte) random.nextInt());
      int unused = out.write(ByteBuffer.wrap(bytes), random.nextInt(10_000));
      if (random.nextBoolean()) {
        FileChannel unusedToo = out.truncate(random.nextInt(10_000));
      }
    }
  }

  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.toList()) {
        boolean file = Files.isRegularFile(path);
        contents.put(
            root.relativize(path).toString(),
            file ? Arrays.hashCode(Files.readAllBytes(path)) + "/" + Files.size(path) : "");
      }
    }
    return contents;
  }

  @Test
  void whatWasForcedIsInEveryImage() throws IOException {
    Path file = root.resolve("file");
    write(file, new byte[9000], true);
    force(root);
    write(root.resolve("unforced"), new byte[1], false);
    Files.delete(file);
    for (int seed = 0; seed < IMAGES; seed++) {
      Path kept = disk.cut().image(seed).getPath("/file");
      if (Files.exists(kept)) {
        assertThat(Files.readAllBytes(kept)).isEqualTo(new byte[9000]);
      }
    }
    force(root);
    assertThat(Files.exists(disk.cut().image(1).getPath("/file"))).isFalse();
  }

  @Test
  void whatWasNotForcedIsThereInPartAndInNoOrder() throws IOException {
    Path file = root.resolve("file");
    write(file, filled(4096, 1), true);
    force(root);
    write(file, filled(3 * 4096, 2), false);
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < IMAGES; seed++) {
      byte[] found = Files.readAllBytes(disk.cut().image(seed).getPath("/file"));
      StringBuilder pages = new StringBuilder();
      for (int at = 0; at < found.length; at += 4096) {
        pages.append(found[at]);
      }
      seen.add(pages.toString());
    }
    // Nothing, the new size without its pages, the last page without those before it, all of it.
    assertThat(seen).contains("1", "100", "102", "122", "222", "2");
  }

  @Test
  void theLastPageMayBeTorn() throws IOException {
    Path file = root.resolve("file");
    write(file, filled(4096, 1), true);
    force(root);
    write(file, filled(4096, 2), false);
    boolean torn = false;
    for (int seed = 0; seed < IMAGES; seed++) {
      byte[] found = Files.readAllBytes(disk.cut().image(seed).getPath("/file"));
      torn |= new String(found, java.nio.charset.StandardCharsets.ISO_8859_1).matches("(?s)\2+\1+");
    }
    assertThat(torn).isTrue();
  }

  @Test
  void aRenameIsThereOrNotAndNeverHalf() throws IOException {
    write(root.resolve("old"), filled(1, 1), true);
    force(root);
    write(root.resolve("new"), filled(1, 2), true);
    Path unused =
        Files.move(root.resolve("new"), root.resolve("old"), StandardCopyOption.ATOMIC_MOVE);
    Set<Byte> seen = new HashSet<>();
    for (int seed = 0; seed < IMAGES; seed++) {
      seen.add(Files.readAllBytes(disk.cut().image(seed).getPath("/old"))[0]);
    }
    assertThat(seen).containsExactlyInAnyOrder((byte) 1, (byte) 2);
  }

  @Test
  void aFileInADirectoryThatWasNotForcedIsNotThere() throws IOException {
    Path directory = Files.createDirectory(root.resolve("d"));
    write(directory.resolve("file"), filled(1, 1), true);
    force(directory);
    boolean missing = false;
    for (int seed = 0; seed < IMAGES; seed++) {
      missing |= !Files.exists(disk.cut().image(seed).getPath("/d"));
    }
    assertThat(missing).isTrue();
    force(root);
    assertThat(disk.cut().isSettled()).isTrue();
    assertThat(Files.size(disk.cut().image(1).getPath("/d/file"))).isEqualTo(1);
  }

  @Test
  void aForceAfterAFailedOneProvesNothing() throws IOException {
    Path file = root.resolve("file");
    write(file, filled(1, 1), true);
    force(root);
    disk.fault(DiskFault.failingOnce(DiskOp.FORCE, 1));
    assertThatThrownBy(() -> write(file, filled(1, 2), true)).isInstanceOf(IOException.class);
    try (FileChannel again = FileChannel.open(file, StandardOpenOption.WRITE)) {
      again.force(false);
    }
    assertThat(Files.readAllBytes(file)).containsExactly(2);
    Set<Byte> seen = new HashSet<>();
    for (int seed = 0; seed < IMAGES; seed++) {
      seen.add(Files.readAllBytes(disk.cut().image(seed).getPath("/file"))[0]);
    }
    assertThat(seen).containsExactlyInAnyOrder((byte) 1, (byte) 2);
    write(file, filled(1, 2), true);
    assertThat(disk.cut().isSettled()).isTrue();
  }

  @Test
  void aKilledProcessLeavesAllAndTheNextPowerCutNotAllOfIt() throws IOException {
    Path file = root.resolve("file");
    write(file, filled(1, 1), true);
    force(root);
    write(file, filled(1, 2), false);
    write(root.resolve("new"), filled(1, 1), true);
    SimulatedDisk killed = disk.cut().afterKill();
    assertThat(contents(killed.getPath("/"))).isEqualTo(contents(root));
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < IMAGES; seed++) {
      SimulatedDisk image = killed.cut().image(seed);
      byte found = Files.readAllBytes(image.getPath("/file"))[0];
      seen.add(found + " " + Files.exists(image.getPath("/new")));
    }
    assertThat(seen).containsExactlyInAnyOrder("1 true", "1 false", "2 true", "2 false");
    force(killed.getPath("/"));
    write(killed.getPath("/file"), filled(0, 0), true);
    assertThat(killed.cut().isSettled()).isTrue();
  }

  @Test
  void theSameSeedGivesTheSameImage() throws IOException {
    for (int i = 0; i < 20; i++) {
      write(root.resolve("f" + i), filled(5000 * i, i), false);
    }
    PowerCut cut = disk.cut();
    for (int seed = 0; seed < IMAGES; seed++) {
      assertThat(contents(cut.image(seed).getPath("/")))
          .isEqualTo(contents(cut.image(seed).getPath("/")));
    }
  }

  @Test
  void onlyTheCallThatWasChosenFails() throws IOException {
    disk.fault(DiskFault.failingOnce(DiskOp.CREATE, 2));
    write(root.resolve("a"), filled(1, 1), true);
    assertThatThrownBy(() -> write(root.resolve("b"), filled(1, 1), true))
        .hasMessageContaining("CREATE of /b");
    assertThat(Files.exists(root.resolve("b"))).isFalse();
    write(root.resolve("b"), filled(1, 1), true);
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static void write(Path file, byte[] bytes, boolean force) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      int unused = out.write(ByteBuffer.wrap(bytes));
      if (force) {
        out.force(false);
      }
    }
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
