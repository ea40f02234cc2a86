package io.thermocline.hot.audit;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.segment.DamagedBytes;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentPart;
import io.thermocline.hot.segment.SegmentWalk;
import io.thermocline.hot.segment.StoredBatch;
import io.thermocline.model.OffsetRange;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Holds one segment to what it must be: every byte, every batch, its index. Used once. */
final class SegmentAudit {
  private final Disk disk;
  private final Segment segment;
  private final long bytes;
  private final long end;
  private final Findings findings;
  private final List<Boundary> boundaries;
  private long batches;
  private long records;
  private boolean whole = true;
  private final Set<Boundary> fitting = new HashSet<>();

  /** Takes what is wrong. */
  interface Findings {
    /** Offsets that can't be read; none when {@code offsets} is empty. */
    void damage(OffsetRange offsets, String place, String problem);

    /** Something to know. */
    void note(String place, String problem);
  }

  /**
   * @param bytes of the file that count
   * @param end one past the last offset it must have
   * @param boundaries of this segment, as other files have them
   */
  SegmentAudit(
      Disk disk,
      Segment segment,
      long bytes,
      long end,
      List<Boundary> boundaries,
      Findings findings) {
    this.disk = disk;
    this.segment = segment;
    this.bytes = bytes;
    this.end = end;
    this.boundaries = List.copyOf(boundaries);
    this.findings = findings;
  }

  /**
   * Reads the segment.
   *
   * @param file its bytes; those of a last segment are not all in its own file
   */
  AuditTotals run(DiskFile file) throws IOException {
    Optional<IndexAudit> index = IndexAudit.of(disk, segment, bytes);
    SegmentWalk walk =
        new SegmentWalk(file, Optional.of(segment.stamp()), 0, bytes, segment.base(), end);
    long expected = walk.expected();
    for (SegmentPart part = walk.next(); part != null; part = walk.next()) {
      compareBoundaries(part.position(), expected);
      look(part, expected, walk);
      if (index.isPresent() && walk.header() != null) {
        index.get().add(part.position(), walk.header());
      }
      expected = walk.expected();
    }
    compareBoundaries(bytes, expected);
    if (expected < end) {
      damage(new OffsetRange(expected, end), at(bytes), "the segment ends before its last batch");
    }
    checkBoundaries();
    checkIndex(index);
    return new AuditTotals(1, batches, records, bytes);
  }

  private void look(SegmentPart part, long expected, SegmentWalk walk) {
    String place = at(part.position());
    if (part instanceof DamagedBytes damaged) {
      damage(
          damaged.offsets().orElse(new OffsetRange(expected, expected)),
          place,
          "%s; %d bytes hold no batch".formatted(damaged.problem(), damaged.bytes()));
    } else if (part instanceof StoredBatch batch) {
      batches++;
      if (expected < batch.offsets().from()) {
        damage(
            new OffsetRange(expected, batch.offsets().from()), place, "no batch has these offsets");
      }
      if (walk.batch() == null) {
        damage(batch.offsets(), place, "the content checksum of the batch does not match");
      } else {
        records += batch.count();
      }
      batch.problems().forEach(problem -> damage(batch.offsets(), place, problem));
    }
  }

  private void damage(OffsetRange offsets, String place, String problem) {
    whole = false;
    findings.damage(offsets, place, problem);
  }

  private void compareBoundaries(long position, long offset) {
    for (Boundary boundary : boundaries) {
      if (boundary.isAt(position, offset)) {
        fitting.add(boundary);
      }
    }
  }

  /** What a damaged file lacks is named already. */
  private void checkBoundaries() {
    for (Boundary boundary : boundaries) {
      if (whole && !fitting.contains(boundary)) {
        findings.damage(
            none(),
            boundary.source(),
            "it has offset %d at position %d of %s, where no batch ends"
                .formatted(boundary.offset(), boundary.position(), segment.file()));
      }
    }
  }

  private void checkIndex(Optional<IndexAudit> index) {
    String place = segment.indexFile().toString();
    if (index.isPresent() && whole) {
      String problem = index.get().problem();
      if (!problem.isEmpty()) {
        findings.damage(
            none(), place, "the index does not agree with its segment, delete it: " + problem);
      }
    } else if (index.isEmpty() && disk.exists(segment.indexFile())) {
      findings.note(place, "the index can't be used as it is, it is made again when it is needed");
    }
  }

  private OffsetRange none() {
    return new OffsetRange(segment.base(), segment.base());
  }

  private String at(long position) {
    return segment.file() + " at byte " + position;
  }
}
