package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.audit.AuditedLog;
import io.thermocline.hot.audit.HotAudit;
import io.thermocline.hot.audit.HotAuditReport;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.IndexFile;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentDump;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.AuditFinding.Severity;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HotAuditTest {
  @TempDir Path directory;

  private final List<AuditFinding> findings = new ArrayList<>();

  @Test
  void aStoppedTierIsWholeAndNothingOfItChanges() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      for (int segment = 0; segment < 3; segment++) {
        hot.append("a", "b");
        hot.append(Batches.withTimestamps(9_000, 3_000, 5_000));
        hot.tier.seal(hot.id).join();
      }
      hot.append("c");
      hot.tier.trim(hot.id, 7).join();
      hot.tier.advanceLogStart(hot.id, 6).join();
      hot.tier.groupOffsets().commit("g", Map.of(hot.id, 12L)).join();
    }
    Map<String, String> before = image();
    HotAuditReport report = audit();
    assertThat(findings).isEmpty();
    AuditedLog log = report.logs().get(0);
    assertThat(List.of(log.logStart(), log.hotStart(), log.end())).containsExactly(6L, 6L, 16L);
    assertThat(log.totals().segments()).isEqualTo(3);
    assertThat(log.totals().batches()).isEqualTo(5);
    assertThat(log.totals().records()).isEqualTo(11);
    assertThat(image()).isEqualTo(before);
  }

  @Test
  void aTierInUseIsNotAudited() {
    try (TierHarness hot = new TierHarness(directory)) {
      assertThat(hot.append("a")).isZero();
      Await.throwsKind(ErrorKind.FAILED_PRECONDITION, this::audit);
    }
  }

  @Test
  void aDirectoryThatIsNoTiersIsRefused() {
    Await.throwsKind(ErrorKind.FAILED_PRECONDITION, this::audit);
  }

  @Test
  void everyFlippedByteOfASegmentIsFoundWithItsOffsets() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      for (int segment = 0; segment < 2; segment++) {
        hot.append("a");
        hot.append("b", "c");
        hot.append("d");
        hot.tier.seal(hot.id).join();
      }
    }
    Path second = segments().get(1);
    long size = Files.size(second);
    long single = (long) BatchHeader.BYTES + Batches.of("a").sizeInBytes();
    for (long at = 0; at < size; at++) {
      RecoveryTest.flip(second, at);
      OffsetRange hit =
          at < single
              ? new OffsetRange(4, 5)
              : at < size - single ? new OffsetRange(5, 7) : new OffsetRange(7, 8);
      assertThat(audit().logs().get(0).lost()).as("byte %d", at).containsExactly(hit);
      assertThat(damages())
          .as("byte %d", at)
          .allSatisfy(
              finding -> {
                assertThat(finding.offsets()).contains(hit);
                assertThat(finding.place()).contains(second.getFileName().toString());
              });
      RecoveryTest.flip(second, at);
    }
    audit();
    assertThat(findings).isEmpty();
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      for (int segment = 0; segment < 4; segment++) {
        hot.append("a", "b");
        hot.append("c");
        hot.tier.seal(hot.id).join();
      }
      hot.append("d");
    }
    List<Path> segments = segments();
    Files.delete(segments.get(0));
    Files.delete(segments.get(2));
    truncate(segments.get(3), 150);
    AuditedLog log = audit().logs().get(0);
    assertThat(log.end()).isEqualTo(13);
    assertThat(log.lost())
        .containsExactly(new OffsetRange(0, 3), new OffsetRange(6, 9), new OffsetRange(11, 12));
    truncate(segments.get(4), 0);
    assertThat(audit().logs().get(0).lost()).contains(new OffsetRange(11, 13));
  }

  @Test
  void aTailThatWasNeverAcknowledgedIsNoDamage() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.append("a");
      hot.append("b");
    }
    Path log = segments().get(0);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(file.length());
      file.write(new byte[300]);
    }
    assertThat(audit().logs().get(0).end()).isEqualTo(2);
    assertThat(damages()).isEmpty();
    assertThat(findings).anyMatch(finding -> finding.problem().contains("never acknowledged"));
  }

  @Test
  void damageBelowTheLogStartIsMissedByNobody() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.append("a");
      hot.append("b");
      hot.tier.advanceLogStart(hot.id, 1).join();
    }
    RecoveryTest.flip(segments().get(0), 20);
    audit();
    assertThat(damages()).isEmpty();
    assertThat(findings).isNotEmpty();
  }

  @Test
  void anIndexThatLeadsAstrayIsNamed() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      for (int i = 0; i < 5; i++) {
        hot.append("x".repeat(40_000));
      }
      hot.tier.seal(hot.id).join();
    }
    Segment segment = Segment.at(segments().get(0).getParent(), partition(), 0);
    LocalDisk disk = new LocalDisk();
    long bytes = Files.size(segment.file());
    SegmentIndex.Snapshot good = IndexFile.read(disk, segment, bytes).orElseThrow().snapshot();
    assertThat(good.positions()).hasSize(3);
    List<long[]> columns = List.of(good.positions(), good.offsets(), good.timestamps());
    for (long[] column : columns) {
      column[1]++;
      IndexFile.write(disk, segment, good.toIndex(), bytes);
      audit();
      assertThat(damages()).singleElement().asString().contains("index");
      column[1]--;
    }
    IndexFile.write(disk, segment, good.toIndex(), bytes);
    audit();
    assertThat(findings).isEmpty();
    RecoveryTest.flip(segment.indexFile(), 40);
    audit();
    assertThat(damages()).isEmpty();
    assertThat(findings).hasSize(1);
  }

  @Test
  void theOtherFilesAreCheckedToo() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.append("a");
      for (int i = 0; i < 3; i++) {
        hot.tier.groupOffsets().commit("g" + i, Map.of(hot.id, 1L)).join();
      }
    }
    for (String name : List.of("metadata", "checkpoint", "groups")) {
      Path file = directory.resolve(name);
      RecoveryTest.flip(file, 30);
      HotAuditReport report = audit();
      assertThat(damages()).as(name).singleElement().asString().contains(name);
      assertThat(report.logs()).as(name).hasSize(1);
      assertThat(report.logs().get(0).end()).as(name).isEqualTo(1);
      RecoveryTest.flip(file, 30);
    }
  }

  @Test
  void whatARunningTierFoundDamagedStaysNamed() throws IOException {
    try (TierHarness hot = new TierHarness(directory)) {
      hot.append("a");
      hot.append("b");
      hot.tier.seal(hot.id).join();
      RecoveryTest.flip(segments().get(0), 30);
      assertThat(hot.readAll(0)).contains("lost [0, 1)");
      RecoveryTest.flip(segments().get(0), 30);
    }
    assertThat(audit().logs().get(0).lost()).containsExactly(new OffsetRange(0, 1));
    assertThat(damages()).singleElement().asString().contains("recorded");
  }

  private HotAuditReport audit() {
    findings.clear();
    try (HotAudit audit = HotAudit.open(directory)) {
      return audit.run(findings::add);
    }
  }

  private List<AuditFinding> damages() {
    return findings.stream().filter(finding -> finding.severity() == Severity.DAMAGE).toList();
  }

  private TopicPartition partition() {
    try (SegmentDump dump = SegmentDump.open(segments().get(0), Optional.empty())) {
      var place = dump.place().orElseThrow();
      return new TopicId(place.topic(), "orders").partition(place.partition());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<Path> segments() throws IOException {
    return SegmentDump.filesIn(directory);
  }

  private static void truncate(Path file, long size) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }

  /** Every file with its time of change and its bytes. */
  private Map<String, String> image() throws IOException {
    Map<String, String> image = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        Optional<byte[]> bytes =
            Files.isRegularFile(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        image.put(
            file.toString(),
            Files.getLastModifiedTime(file)
                + " "
                + bytes.map(java.util.Arrays::hashCode).orElse(0));
      }
    }
    return image;
  }
}
