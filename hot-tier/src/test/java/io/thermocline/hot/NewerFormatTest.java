package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a later version of this program wrote is refused, and neither damage nor cut. */
class NewerFormatTest {
  private static final int BATCH_HEADER = 96;

  @TempDir Path directory;
  private TierHarness hot;
  private Path segment;

  @BeforeEach
  void open() {
    hot = new TierHarness(directory);
    long unused = hot.append("a");
    segment = hot.partitionDirectory().resolve("0".repeat(20) + ".log");
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ThermoclineException.class,
            refused -> assertThat(refused.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION))
        .hasMessageContaining("has format version 2, this program knows up to 1");
  }

  /** Appends a batch, and makes it one of version 2 in the file. */
  private byte[] appendNewer() throws IOException {
    int at = (int) Files.size(segment);
    long unused = hot.append("b");
    byte[] bytes = Files.readAllBytes(segment);
    CRC32C crc = seed(hot.id, at);
    bytes[at + 3] = 2;
    crc.update(bytes, at, 4);
    crc.update(bytes, at + 8, BATCH_HEADER - 8);
    ByteBuffer.wrap(bytes).putInt(at + 4, (int) crc.getValue());
    Files.write(segment, bytes);
    return bytes;
  }

  private static CRC32C seed(TopicPartition id, long position) {
    ByteBuffer seed = ByteBuffer.allocate(36);
    seed.putLong(id.topic().uuid().getMostSignificantBits())
        .putLong(id.topic().uuid().getLeastSignificantBits())
        .putInt(id.partition())
        .putLong(0)
        .putLong(position);
    CRC32C crc = new CRC32C();
    crc.update(seed.array());
    return crc;
  }

  @Test
  void aStartThatMeetsABatchOfALaterVersionIsRefusedAndCutsNothing() throws IOException {
    byte[] stored = appendNewer();
    hot.stop();
    Files.delete(directory.resolve("checkpoint"));
    assertRefused(hot::open);
    assertThat(segment).hasBinaryContent(stored);
  }

  @Test
  void alsoWhenItLiesBehindDamage() throws IOException {
    byte[] stored = appendNewer();
    stored[BATCH_HEADER + 2] ^= 1;
    Files.write(segment, stored);
    hot.stop();
    Files.delete(directory.resolve("checkpoint"));
    assertRefused(hot::open);
    assertThat(segment).hasBinaryContent(stored);
  }

  @Test
  void aReaderThatMeetsOneIsRefusedAndTakesItForNoDamage() throws IOException {
    appendNewer();
    hot.stop();
    hot.open();
    assertRefused(() -> hot.read(1));
    hot.restart();
    assertThat(hot.meters.counter("thermocline.hot.damaged.offsets").count()).isZero();
    assertRefused(() -> hot.read(0));
  }

  @Test
  void offsetsOfGroupsOfALaterVersionAreRefusedAndStay() throws IOException {
    hot.tier.groupOffsets().commit("readers", Map.of(hot.id, 1L)).join();
    hot.stop();
    byte[] stored = newer(directory.resolve("groups"));
    assertRefused(hot::open);
    assertThat(directory.resolve("groups")).hasBinaryContent(stored);
  }

  /** Makes the entry that the file begins with one of version 2. */
  private static byte[] newer(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int length = ByteBuffer.wrap(bytes).getInt(4);
    bytes[3] = 2;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 8);
    crc.update(Arrays.copyOfRange(bytes, 12, 12 + length));
    ByteBuffer.wrap(bytes).putInt(8, (int) crc.getValue());
    Files.write(file, bytes);
    return bytes;
  }
}
