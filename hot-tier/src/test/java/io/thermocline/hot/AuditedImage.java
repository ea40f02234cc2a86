package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.audit.AuditedLog;
import io.thermocline.hot.audit.HotAudit;
import io.thermocline.hot.audit.HotAuditReport;
import io.thermocline.hot.directory.Metadata;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.AuditFinding.Severity;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the audit says of a disk before a tier opens it: the same as that tier then finds. */
final class AuditedImage {
  private final Path root;
  private final List<AuditFinding> damages = new ArrayList<>();

  /** Empty where no tier was ever opened. */
  private Optional<HotAuditReport> report = Optional.empty();

  private AuditedImage(Path root) {
    this.root = root;
  }

  /** Audits what lies on the disk, and makes sure that nothing of it changes. */
  static AuditedImage of(SimulatedDisk disk) {
    AuditedImage image = new AuditedImage(HotLife.settings(disk).directory());
    if (Files.exists(image.root.resolve("metadata"))) {
      Map<String, byte[]> before = PowerCutRun.contents(disk);
      try (HotAudit audit = HotAudit.open(image.root)) {
        image.report = Optional.of(audit.run(image::found));
      }
      PowerCutRun.assertSame(before, PowerCutRun.contents(disk));
    }
    return image;
  }

  private void found(AuditFinding finding) {
    if (finding.severity() == Severity.DAMAGE) {
      damages.add(finding);
    }
  }

  /** Compares with what a start made of the same disk, before anything was asked of it. */
  void agreesWith(EmbeddedHotTier tier) {
    if (report.isEmpty()) {
      return;
    }
    Metadata metadata = metadata();
    List<OffsetRange> allLost = new ArrayList<>();
    for (AuditedLog log : report.get().logs()) {
      PartitionState state = tier.state(log.id());
      assertThat(List.of(log.logStart(), log.hotStart(), log.end()))
          .as("log start, hot start and end of %s", log.id())
          .containsExactly(state.logStart(), state.hotStart(), state.end());
      assertThat(log.lost())
          .as("lost of %s", log.id())
          .isEqualTo(metadata.partition(log.id()).lost());
      allLost.addAll(log.lost());
    }
    assertThat(report.get().topics()).containsExactlyInAnyOrderElementsOf(tier.topics().list());
    if (allLost.isEmpty()) {
      assertThat(damages).isEmpty();
    }
  }

  private Metadata metadata() {
    try {
      return MetadataFile.look(new LocalDisk(), root.resolve("metadata")).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
