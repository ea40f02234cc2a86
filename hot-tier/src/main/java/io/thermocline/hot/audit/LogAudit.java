package io.thermocline.hot.audit;

import io.thermocline.hot.directory.JournalledBatches;
import io.thermocline.hot.directory.KnownLog;
import io.thermocline.hot.directory.Metadata.PartitionEntry;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.segment.LostRanges;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.hot.segment.TailScan;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at everything a partition has on local disk, and judges it as the next start would, but
 * reads all of it. Changes nothing. Used once.
 */
final class LogAudit {
  private final Disk disk;
  private final Path directory;
  private final TopicPartition id;
  private final KnownLog known;
  private final PartitionEntry entry;
  private final List<Boundary> boundaries;
  private final JournalledBatches journalled;
  private final AuditFinding.Sink sink;

  private final List<Disk.Entry> segments = new ArrayList<>();
  private List<OffsetRange> lost = List.of();
  private AuditTotals totals = AuditTotals.NONE;

  /**
   * @param boundaries what files beside the segments say of them
   */
  LogAudit(
      Disk disk,
      Path directory,
      TopicPartition id,
      KnownLog known,
      List<Boundary> boundaries,
      JournalledBatches journalled,
      AuditFinding.Sink sink) {
    this.disk = disk;
    this.directory = directory;
    this.id = id;
    this.known = known;
    this.entry = known.entry();
    this.boundaries = List.copyOf(boundaries);
    this.journalled = journalled;
    this.sink = sink;
  }

  AuditedLog run() throws IOException {
    list();
    for (OffsetRange recorded : entry.lost()) {
      lose(recorded, "metadata", "recorded as damaged by an earlier start or reader");
    }
    long end = segments.isEmpty() ? withoutFiles() : withFiles();
    long oldest = segments.isEmpty() ? end : base(0);
    return new AuditedLog(id, entry.logStart(), Math.max(oldest, known.start()), end, lost, totals);
  }

  private void list() throws IOException {
    for (Disk.Entry file : disk.list(directory)) {
      Optional<Long> base = Segment.baseOf(file.name());
      if (base.isPresent()) {
        segments.add(file);
      } else if (Segment.cutFrom(file.name()).isPresent()) {
        sink.note(
            id,
            file.path().toString(),
            "%d bytes that a recovery cut, never acknowledged, are kept".formatted(file.bytes()));
      } else if (!file.name().endsWith(".index")) {
        sink.note(id, file.path().toString(), "this file is none of the log's");
      }
    }
    while (segments.size() > 1 && base(1) <= entry.trimmedTo()) {
      Disk.Entry leftover = segments.remove(0);
      sink.note(id, leftover.path().toString(), "trimmed, the next start deletes it");
    }
  }

  private long base(int at) {
    return Segment.baseOf(segments.get(at).name()).orElseThrow();
  }

  private long withoutFiles() {
    long start = known.start();
    long end = known.durableTo();
    if (start < end) {
      lose(new OffsetRange(start, end), directory.toString(), "there is no segment");
    }
    return end;
  }

  private long withFiles() throws IOException {
    if (base(0) > entry.trimmedTo()) {
      lose(
          new OffsetRange(entry.trimmedTo(), base(0)),
          directory.toString(),
          "no segment has these offsets");
    }
    for (int i = 0; i + 1 < segments.size(); i++) {
      Segment sealed = segment(i);
      try (DiskFile file = disk.openToRead(sealed.file())) {
        audit(sealed, file, file.size(), base(i + 1));
      }
    }
    Segment last = segment(segments.size() - 1);
    try (DiskFile file = journalled.open(id, last)) {
      return last(last, file);
    }
  }

  private Segment segment(int at) {
    return Segment.at(directory, id, base(at));
  }

  /** The end of the last segment is what a recovery makes of it. */
  private long last(Segment segment, DiskFile file) throws IOException {
    long size = file.size();
    long durable = Math.max(segment.base(), known.durableTo());
    TailScan.Verdict verdict =
        new TailScan(file, segment, size, new SegmentIndex(0), header -> {}, durable)
            .judge(0, segment.base(), 0);
    if (verdict.cutAt() < size) {
      sink.note(
          id,
          segment.file() + " at byte " + verdict.cutAt(),
          "%d bytes were never acknowledged, the next start cuts them"
              .formatted(size - verdict.cutAt()));
    }
    audit(segment, file, verdict.cutAt(), verdict.end());
    return verdict.end();
  }

  private void audit(Segment segment, DiskFile file, long bytes, long end) throws IOException {
    List<Boundary> here =
        boundaries.stream().filter(boundary -> boundary.segment() == segment.base()).toList();
    SegmentAudit audit = new SegmentAudit(disk, segment, bytes, end, here, findings());
    totals = totals.plus(audit.run(file));
  }

  private SegmentAudit.Findings findings() {
    return new SegmentAudit.Findings() {
      @Override
      public void damage(OffsetRange offsets, String place, String problem) {
        lose(offsets, place, problem);
      }

      @Override
      public void note(String place, String problem) {
        sink.note(id, place, problem);
      }
    };
  }

  /** Damage below the log start, or of what is trimmed, is missed by nobody. */
  private void lose(OffsetRange range, String place, String problem) {
    long start = known.start();
    OffsetRange missed =
        new OffsetRange(Math.min(range.to(), Math.max(range.from(), start)), range.to());
    if (missed.isEmpty() && !range.isEmpty()) {
      sink.note(id, place, "offsets %s, below the log start: %s".formatted(range, problem));
      return;
    }
    lost = LostRanges.with(lost, List.of(missed));
    sink.damage(id, missed, place, problem);
  }
}
