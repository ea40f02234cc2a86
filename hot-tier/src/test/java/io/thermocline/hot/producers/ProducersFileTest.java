package io.thermocline.hot.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducersFileTest {
  private static final UUID TOPIC = new UUID(0x1011121314151617L, 0x18191a1b1c1d1e1fL);
  private static final LogId LOG = new LogId(TOPIC, 0);
  private static final ProducerBatch FIRST =
      new ProducerBatch(42, (short) 0, 0, 2, 0xCAFEBABE, 100, 1_795_168_800_000L);
  private static final ProducerBatch SECOND =
      new ProducerBatch(42, (short) 1, 0, 0, 0x01020304, 103, 1_795_168_800_007L);
  private static final ProducerBatch OTHER =
      new ProducerBatch(7, (short) 3, Integer.MAX_VALUE, 1, -1, 104, 1_795_168_800_009L);
  private static final List<ProducerNote> NOTES =
      List.of(
          new ProducerNote(LOG, 0, 104, 100, 496, List.of(FIRST, SECOND)),
          new ProducerNote(LOG, 104, 106, 100, 688, List.of(OTHER)),
          new ProducerNote(new LogId(TOPIC, 2), 0, 9, 0, 0, List.of()));

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void name() {
    path = directory.resolve("producers");
  }

  @Test
  void theFileOfVersionOneIsReadForEver() throws IOException {
    Files.write(path, golden());

    Map<LogId, KnownProducers> known = read();

    assertThat(known).containsOnlyKeys(LOG, new LogId(TOPIC, 2));
    assertThat(known.get(LOG).table().since(0)).containsExactly(FIRST, SECOND, OTHER);
    assertThat(known.get(LOG).end()).isEqualTo(106);
    assertThat(known.get(LOG).segment()).isEqualTo(100);
    assertThat(known.get(LOG).position()).isEqualTo(688);
  }

  @Test
  void aNoteOfALaterVersionIsRefusedWhateverItsLength() throws IOException {
    for (int length : new int[] {0, 7, 4000}) {
      ByteBuffer note = ByteBuffer.allocate(12 + length);
      note.put(new byte[] {'T', 'C', 'P', 2}).putInt(length);
      CRC32C crc = new CRC32C();
      crc.update(note.array(), 0, 8);
      crc.update(note.array(), 12, length);
      note.putInt((int) crc.getValue());
      Files.write(path, note.array());
      assertThatThrownBy(this::read)
          .isInstanceOf(ThermoclineException.class)
          .hasMessageContaining("has format version 2, this program knows up to 1");
    }
  }

  @Test
  void notesAreWrittenAsTheFormatSays() throws IOException {
    ByteBuffer written = ByteBuffer.allocate(1 << 16);
    NOTES.forEach(note -> note.write(written));
    assertThat(written.flip()).isEqualTo(ByteBuffer.wrap(golden()));
  }

  @Test
  void whateverIsFlippedTheNotesSayNothingWrong() throws IOException {
    byte[] good = golden();
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 0x20;
      Files.write(path, bad);
      KnownProducers known = read().get(LOG);
      if (known != null) {
        assertThat(known.table().since(0)).as("byte %d", at).isEqualTo(knownUpTo(known.end()));
      }
    }
  }

  @Test
  void aNoteThatDoesNotJoinOnToWhatIsKnownIsLeftAside() throws IOException {
    try (ProducersFile file = file()) {
      file.store(List.of(NOTES.get(1)));
    }
    assertThat(read().get(LOG).end()).isZero();
    assertThat(read().get(LOG).table().size()).isZero();
  }

  @Test
  void whatGrewIsWrittenAnewAndKnowsTheSame() throws IOException {
    long largest = 0;
    long offset = 0;
    try (ProducersFile file = file()) {
      for (int round = 0; round < 150; round++) {
        ProducerTable table = new ProducerTable(census());
        for (int i = 0; i < 1_000; i++) {
          table.stored(new ProducerBatch(i, (short) 0, round, 0, round, offset + i, 0));
        }
        file.store(
            List.of(new ProducerNote(LOG, offset, offset + 1_000, 0, round, table.since(0))));
        offset += 1_000;
        largest = Math.max(largest, Files.size(path));
      }
    }

    assertThat(largest).isLessThan(15L << 20);
    KnownProducers known = read().get(LOG);
    assertThat(known.end()).isEqualTo(offset);
    assertThat(known.table().since(0)).hasSize(1_000 * ProducerTable.WINDOW_BATCHES);
    assertThat(known.table().since(offset - 1_000)).hasSize(1_000);
    assertThat(Files.exists(directory.resolve("producers.new"))).isFalse();
  }

  @Test
  void notesOfTopicsThatAreGoneGo() throws IOException {
    Files.write(path, golden());
    ProducersFile file =
        new ProducersFile(new LocalDisk(), path, ProducerLimits.defaults(), Set::of);
    assertThat(file.read(census())).isEmpty();
  }

  private static List<ProducerBatch> knownUpTo(long end) {
    return Stream.of(FIRST, SECOND, OTHER).filter(batch -> batch.baseOffset() < end).toList();
  }

  private Map<LogId, KnownProducers> read() throws IOException {
    return file().read(census());
  }

  private ProducersFile file() {
    return new ProducersFile(new LocalDisk(), path, ProducerLimits.defaults(), () -> Set.of(TOPIC));
  }

  private static ProducerCensus census() {
    return ProducerCensus.apart(ProducerLimits.defaults());
  }

  private static byte[] golden() throws IOException {
    try (InputStream in = ProducersFileTest.class.getResourceAsStream("producers-v1.bin")) {
      return in.readAllBytes();
    }
  }
}
