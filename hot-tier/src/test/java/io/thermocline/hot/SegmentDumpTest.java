package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.DamagedBytes;
import io.thermocline.hot.segment.SegmentDump;
import io.thermocline.hot.segment.SegmentPart;
import io.thermocline.hot.segment.StoredBatch;
import io.thermocline.hot.segment.StoredBatch.HeaderCheck;
import io.thermocline.model.OffsetRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentDumpTest {
  private static final long BATCH = (long) BatchHeader.BYTES + Batches.of("a").sizeInBytes();

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void fill() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.append("a");
      hot.append("b");
      hot.append("c");
    }
    file = SegmentDump.filesIn(directory).get(0);
  }

  @Test
  void aWholeSegmentIsItsBatches() throws IOException {
    List<SegmentPart> parts = dump(file);
    assertThat(parts).hasSize(3).allSatisfy(part -> assertThat(isIntact(part)).isTrue());
    StoredBatch last = (StoredBatch) parts.get(2);
    assertThat(last.position()).isEqualTo(2 * BATCH);
    assertThat(last.offsets()).isEqualTo(new OffsetRange(2, 3));
    assertThat(last.durableTo()).isEqualTo(2);
    assertThat(last.count()).isEqualTo(1);
    assertThat(last.headerCheck()).isEqualTo(HeaderCheck.INTACT);
  }

  @Test
  void itGoesOnAfterDamageAndEveryByteIsAccountedFor() throws IOException {
    for (long at = 0; at < Files.size(file); at++) {
      RecoveryTest.flip(file, at);
      List<SegmentPart> parts = dump(file);
      assertThat(parts.stream().filter(part -> !isIntact(part))).as("byte %d", at).hasSize(1);
      assertThat(parts.stream().filter(SegmentDumpTest::isIntact)).as("byte %d", at).hasSize(2);
      long end = 0;
      for (SegmentPart part : parts) {
        assertThat(part.position()).as("byte %d", at).isEqualTo(end);
        end = part.end();
      }
      assertThat(end).isEqualTo(Files.size(file));
      RecoveryTest.flip(file, at);
    }
  }

  @Test
  void damageSaysWhereItBeginsAndWhichOffsetsStoodThere() throws IOException {
    RecoveryTest.flip(file, BATCH + 20);
    assertThat(dump(file).get(1))
        .isInstanceOfSatisfying(
            DamagedBytes.class,
            damage -> {
              assertThat(damage.position()).isEqualTo(BATCH);
              assertThat(damage.bytes()).isEqualTo(BATCH);
              assertThat(damage.offsets()).contains(new OffsetRange(1, 2));
              assertThat(damage.problem()).contains("header's checksum");
            });
  }

  @Test
  void aFileAwayFromItsPlaceIsReadWithoutItsHeadersChecksums() throws IOException {
    Path lone = Files.copy(file, directory.resolve("copy.log"));
    List<SegmentPart> parts = dump(lone);
    assertThat(parts)
        .hasSize(3)
        .allSatisfy(
            part ->
                assertThat(((StoredBatch) part).headerCheck()).isEqualTo(HeaderCheck.UNCHECKED));
    // A payload size nobody vouches for must not lead past the batches behind it.
    RecoveryTest.flip(lone, BATCH + 26);
    assertThat(dump(lone).stream().filter(SegmentDumpTest::isIntact)).hasSize(2);
    try (SegmentDump inPlace = SegmentDump.open(file, Optional.empty());
        SegmentDump told = SegmentDump.open(lone, inPlace.place())) {
      assertThat(told.next().map(SegmentDumpTest::isIntact)).contains(true);
      assertThat(told.next()).containsInstanceOf(DamagedBytes.class);
    }
  }

  @Test
  void aBatchOfAnotherPlaceIsNoneOfThisOne() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    System.arraycopy(bytes, 0, bytes, (int) BATCH, (int) BATCH);
    Files.write(file, bytes);
    assertThat(dump(file).get(1)).isInstanceOf(DamagedBytes.class);
  }

  private static boolean isIntact(SegmentPart part) {
    return part instanceof StoredBatch batch && batch.isIntact();
  }

  private static List<SegmentPart> dump(Path path) throws IOException {
    List<SegmentPart> parts = new ArrayList<>();
    try (SegmentDump dump = SegmentDump.open(path, Optional.empty())) {
      for (var part = dump.next(); part.isPresent(); part = dump.next()) {
        parts.add(part.get());
      }
    }
    return parts;
  }
}
