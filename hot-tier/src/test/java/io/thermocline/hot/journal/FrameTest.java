package io.thermocline.hot.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames as they lie in a journal file, and what a start makes of a file. */
class FrameTest {
  private static final long ID = 0x0102030405060708L;
  private static final Place FIRST = new Place(new UUID(1, 2), 3, 1_000, 64, 5, 1_005);
  private static final Place SECOND = new Place(new UUID(4, 5), 6, 0, 0, 6_000, 7);
  private static final Place THIRD = new Place(new UUID(1, 2), 3, 1_000, 69, 5, 1_009);

  @TempDir Path directory;
  private final LocalDisk disk = new LocalDisk();
  private byte[] golden;

  /** The file must never be made anew: later versions have to read what this one wrote. */
  @BeforeEach
  void readGoldenFile() throws IOException {
    try (InputStream file = getClass().getResourceAsStream("journal-v1.bin")) {
      golden = file.readAllBytes();
    }
  }

  @Test
  void version1IsReadAsItWasWrittenThen() throws IOException {
    assertThat(places(golden)).containsExactly(FIRST, SECOND, THIRD);
    JournalReplay replay = new JournalReplay(disk, directory);
    Path segment = directory.resolve("segment");
    try (DiskFile file = disk.create(segment)) {
      for (JournalReplay.Entry entry :
          replay.entries(place -> place.topic().equals(FIRST.topic()), torn -> {})) {
        replay.layOver(entry, file);
      }
    }
    assertThat(Files.readAllBytes(segment))
        .hasSize(74)
        .endsWith("firstthird".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void aSegmentReadsAsIfEntriesWereLaidOverItAndIsNotChanged() throws IOException {
    assertThat(places(golden)).isNotEmpty();
    JournalReplay replay = new JournalReplay(disk, directory);
    List<JournalReplay.Entry> entries =
        replay.entries(place -> place.topic().equals(FIRST.topic()), torn -> {});
    Path copy = Files.write(directory.resolve("copy"), new byte[70]);
    try (DiskFile file = disk.open(copy)) {
      for (JournalReplay.Entry entry : entries) {
        replay.layOver(entry, file);
      }
    }
    byte[] wanted = Files.readAllBytes(copy);
    Path segment = Files.write(directory.resolve("segment"), new byte[70]);
    try (DiskFile view = replay.laidOver(entries, disk.openToRead(segment))) {
      assertThat(view.size()).isEqualTo(wanted.length);
      for (int from = 0; from <= wanted.length; from++) {
        for (int length = 0; length <= wanted.length + 1; length++) {
          ByteBuffer into = ByteBuffer.allocate(length + 1).position(1);
          int read = view.read(into, from);
          assertThat(read).isEqualTo(Math.min(length, wanted.length - from));
          assertThat(Arrays.copyOfRange(into.array(), 1, 1 + read))
              .isEqualTo(Arrays.copyOfRange(wanted, from, from + read));
        }
      }
    }
    assertThat(Files.readAllBytes(segment)).isEqualTo(new byte[70]);
  }

  @Test
  void theSameBytesAreWrittenNow() {
    ByteBuffer frame = ByteBuffer.allocate(Frame.MAX_BYTES);
    Frame.write(
        List.of(entry(FIRST, "first"), entry(SECOND, "second".repeat(1_000))), ID, 4096, frame);
    assertThat(Arrays.copyOf(frame.array(), frame.limit()))
        .isEqualTo(Arrays.copyOfRange(golden, 4096, 4096 + frame.limit()));
  }

  @Test
  void aFrameThatIsNotWholeIsSteppedOverAtAnyByte() throws IOException {
    for (int at = 4096; at < 4096 + 16 + 48 + 5 + 48 + 6_000; at += 61) {
      byte[] torn = golden.clone();
      torn[at] ^= 4;
      assertThat(places(torn)).as("byte %d", at).containsExactly(THIRD);
    }
    assertThat(places(Arrays.copyOf(golden, 4096 * 2))).isEmpty();
  }

  @Test
  void aFrameOfAnotherFileOrAnotherPlaceIsNone() throws IOException {
    byte[] moved = golden.clone();
    System.arraycopy(golden, 4096 * 3, moved, 4096, 4096);
    assertThat(places(moved)).containsExactly(THIRD);
    try (JournalFileOwner other = new JournalFileOwner()) {
      byte[] foreign = other.bytes();
      System.arraycopy(golden, 4096, foreign, 4096, golden.length - 4096);
      assertThat(places(foreign)).isEmpty();
    }
  }

  @Test
  void anUnfinishedFileIsEmptyAndADamagedOrNewerOneRefusesTheStart() throws IOException {
    assertThat(places(new byte[8192])).isEmpty();
    assertThat(places(new byte[0])).isEmpty();
    byte[] damaged = golden.clone();
    damaged[9] ^= 1;
    assertThatThrownBy(() -> places(damaged))
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT));
    byte[] newer = golden.clone();
    newer[3] = 2;
    ByteBuffer.wrap(newer).putInt(4, crc(newer));
    assertThatThrownBy(() -> places(newer))
        .isInstanceOfSatisfying(
            ThermoclineException.class,
            e -> assertThat(e.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION));
  }

  private static int crc(byte[] header) {
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(header, 0, 4);
    crc.update(header, 8, 8);
    return (int) crc.getValue();
  }

  /** A file made by this program, with an id of its own. */
  private final class JournalFileOwner implements AutoCloseable {
    private final Path path = directory.resolve("other");
    private final JournalFile file;

    JournalFileOwner() throws IOException {
      file = JournalFile.make(disk, path, golden.length);
    }

    byte[] bytes() throws IOException {
      return Files.readAllBytes(path);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private List<Place> places(byte[] file) throws IOException {
    Files.write(directory.resolve("journal-0"), file);
    return new JournalReplay(disk, directory)
        .entries(place -> true, torn -> {}).stream().map(JournalReplay.Entry::place).toList();
  }

  private static JournalEntry entry(Place place, String bytes) {
    return new JournalEntry() {
      @Override
      public Place place() {
        return place;
      }

      @Override
      public void writeTo(ByteBuffer frame) {
        frame.put(bytes.getBytes(StandardCharsets.US_ASCII));
      }

      @Override
      public JournalUser user() {
        return () -> true;
      }

      @Override
      public void durable() {}

      @Override
      public void refused() {}

      @Override
      public void failed(IOException cause) {}
    };
  }
}
