package io.thermocline.hot;

import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.directory.JournalledBatches;
import io.thermocline.hot.directory.KnownLog;
import io.thermocline.hot.directory.Metadata.PartitionEntry;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.producers.LogId;
import io.thermocline.hot.read.LogView;
import io.thermocline.hot.segment.BatchScan;
import io.thermocline.hot.segment.IndexFile;
import io.thermocline.hot.segment.LostRanges;
import io.thermocline.hot.segment.Segment;
import io.thermocline.hot.segment.SegmentIndex;
import io.thermocline.hot.segment.SegmentWriter;
import io.thermocline.hot.segment.TailScan;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one log back after a stop, clean or not, in two steps: {@link #plan} lays the journal over
 * the last segment and then only looks, {@link Plan#apply} changes files. Between the two the
 * caller makes the plan's metadata durable. Every step can be repeated after a crash in its middle.
 *
 * <p>Sealed segments are not opened: a segment is made only when all before it is durable, and it
 * begins where that one ends.
 */
final class LogRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);
  private static final int COPY_BYTES = 256 * 1024;

  private final TopicPartition id;
  private final LogEnvironment env;
  private final PartitionEntry entry;
  private final Optional<Checkpoint.Mark> mark;
  private final JournalledBatches journalled;
  private final ProducerRecovery producers;
  private final Path directory;

  LogRecovery(
      TopicPartition id,
      LogEnvironment env,
      PartitionEntry entry,
      Optional<Checkpoint.Mark> mark,
      JournalledBatches journalled,
      ProducerRecovery producers) {
    this.id = id;
    this.env = env;
    this.entry = entry;
    this.mark = mark;
    this.journalled = journalled;
    this.producers = producers;
    this.directory = env.directory().partition(id);
  }

  /** What is there, and what is to be done about it. */
  final class Plan {
    private final List<Segment.Sealed> sealed;
    private final List<Path> leftovers;
    private Segment active;
    private boolean activeExists;

    /**
     * Whether a checkpoint has bytes of it: else it may have been made just before the process
     * died. A checkpoint also names the place of a segment that has no file yet.
     */
    private boolean nameIsDurable;

    private long activeBytes;
    private long fileBytes;
    private long rewriteFrom;
    private long firstAppendMillis;
    private SegmentIndex index = new SegmentIndex(0);
    private long end;
    private int newestEpoch;

    /** Whether durable offsets are missing: then nothing more is appended to the last segment. */
    private boolean damaged;

    private final List<OffsetRange> found = new ArrayList<>();

    private Plan(List<Segment.Sealed> sealed, List<Path> leftovers) {
      this.sealed = sealed;
      this.leftovers = leftovers;
      this.newestEpoch = Math.max(entry.epoch(), mark.map(Checkpoint.Mark::epoch).orElse(0));
    }

    /** Offsets below the log start are missed by nobody. */
    private void lose(OffsetRange range) {
      damaged = true;
      long from = Math.max(range.from(), Math.max(entry.logStart(), entry.trimmedTo()));
      if (from < range.to()) {
        found.add(new OffsetRange(from, range.to()));
      }
    }

    private boolean cuts() {
      return activeBytes < fileBytes;
    }

    /** What the metadata is to say before anything is changed. */
    PartitionEntry entry() {
      int epoch = cuts() || damaged ? newestEpoch + 1 : newestEpoch;
      return !damaged && epoch == entry.epoch()
          ? entry
          : entry.recovered(epoch, LostRanges.with(entry.lost(), found));
    }

    /** Makes the files what the plan says, durably, and opens the log. */
    PartitionLog apply() throws IOException {
      PartitionEntry now = entry();
      for (Path leftover : leftovers) {
        env.disk().delete(leftover);
      }
      if (activeExists && !nameIsDurable) {
        env.disk().createDirectories(directory);
        env.disk().forceDirectory(directory);
      }
      if (activeExists && (cuts() || rewriteFrom < activeBytes)) {
        mendTail(now.epoch());
      }
      report(now);
      List<Segment.Sealed> kept = new ArrayList<>(sealed);
      SegmentWriter writer;
      if (!damaged) {
        writer =
            new SegmentWriter(
                env.disk(), active, index, activeExists, activeBytes, end, firstAppendMillis);
      } else {
        // Nothing is appended behind damage: the segment ends here.
        if (activeExists) {
          kept.add(new Segment.Sealed(active, end, activeBytes));
        }
        active = Segment.at(directory, id, end);
        activeBytes = 0;
        index = new SegmentIndex(0);
        writer = SegmentWriter.create(env.disk(), active, index);
      }
      LogView view =
          LogView.of(
              kept, active, index, activeBytes, now.logStart(), end, now.epoch(), now.lost());
      return new PartitionLog(id, env, view, writer, producers.memory(LogId.of(id)), now.fence());
    }

    /** Keeps aside what is cut, cuts, and writes the rest of the tail again. */
    private void mendTail(int epoch) throws IOException {
      try (DiskFile file = env.disk().open(active.file())) {
        if (cuts()) {
          keepAside(file, active.cutFile(activeBytes, epoch));
          file.truncate(activeBytes);
        }
        ByteBuffer piece = ByteBuffer.allocate(COPY_BYTES);
        long at = rewriteFrom;
        while (at < activeBytes) {
          piece.clear().limit((int) Math.min(COPY_BYTES, activeBytes - at));
          at += readSome(file, piece, at);
          file.write(piece.flip(), at - piece.limit());
        }
        file.force();
      }
      env.disk().forceDirectory(directory);
    }

    private void keepAside(DiskFile file, Path aside) throws IOException {
      env.disk().delete(aside);
      try (DiskFile copy = env.disk().create(aside)) {
        ByteBuffer piece = ByteBuffer.allocate(COPY_BYTES);
        long at = activeBytes;
        while (at < fileBytes) {
          piece.clear().limit((int) Math.min(COPY_BYTES, fileBytes - at));
          at += readSome(file, piece, at);
          copy.write(piece.flip(), at - piece.limit() - activeBytes);
        }
        copy.force();
      }
      env.disk().forceDirectory(directory);
    }

    private int readSome(DiskFile file, ByteBuffer piece, long at) throws IOException {
      int read = file.read(piece, at);
      if (read == 0) {
        throw new IOException(active.file() + " ends at " + at + " of " + fileBytes + " bytes");
      }
      return read;
    }

    private void report(PartitionEntry now) {
      if (cuts()) {
        env.metrics().recoveryCuts.increment();
        LOG.warn(
            "Cut an unacknowledged tail: partition={} end={} bytes={} epoch={} kept={}",
            id,
            end,
            fileBytes - activeBytes,
            now.epoch(),
            active.cutFile(activeBytes, now.epoch()));
      }
      for (OffsetRange range : found) {
        env.metrics().damagedOffsets.increment((double) range.span());
        LOG.error("Acknowledged records are damaged: partition={} offsets={}", id, range);
      }
    }
  }

  /** Looks at what is there, once the journal's batches are. */
  Plan plan() throws IOException {
    journalled.layOver(id);
    List<Segment.Sealed> all = new ArrayList<>();
    List<Path> leftovers = new ArrayList<>();
    for (Disk.Entry file : env.disk().list(directory)) {
      Segment.baseOf(file.name()).ifPresent(base -> all.add(found(base, file.bytes())));
      if (Segment.cutFrom(file.name()).filter(base -> base < entry.trimmedTo()).isPresent()) {
        leftovers.add(file.path());
      }
    }
    List<Segment.Sealed> sealed = new ArrayList<>();
    for (int i = 0; i + 1 < all.size(); i++) {
      Segment segment = all.get(i).segment();
      long end = all.get(i + 1).base();
      if (end <= entry.trimmedTo()) {
        leftovers.add(segment.indexFile());
        leftovers.add(segment.file());
      } else {
        sealed.add(new Segment.Sealed(segment, end, all.get(i).bytes()));
      }
    }
    Plan plan = new Plan(sealed, leftovers);
    if (all.isEmpty()) {
      planWithoutFiles(plan);
    } else {
      Segment.Sealed last = all.get(all.size() - 1);
      planTail(plan, last.base(), last.bytes());
    }
    return plan;
  }

  /** A segment whose end is not known yet. */
  private Segment.Sealed found(long base, long bytes) {
    return new Segment.Sealed(Segment.at(directory, id, base), base, bytes);
  }

  private KnownLog known() {
    return new KnownLog(entry, mark, producers.notedTo(), journalled.end(id));
  }

  private void planWithoutFiles(Plan plan) {
    long start = known().start();
    plan.end = known().durableTo();
    producers.endsAt(plan.end);
    if (start < plan.end) {
      plan.lose(new OffsetRange(start, plan.end));
    }
    plan.active = Segment.at(directory, id, plan.end);
  }

  private void planTail(Plan plan, long base, long size) throws IOException {
    plan.active = Segment.at(directory, id, base);
    plan.activeExists = true;
    plan.nameIsDurable = mark.isPresent() && mark.get().segment() == base && mark.get().bytes() > 0;
    plan.fileBytes = size;
    boolean marked = mark.isPresent() && mark.get().segment() == base && mark.get().bytes() <= size;
    plan.rewriteFrom = marked ? mark.get().bytes() : 0;
    producers.read(env, plan.sealed, plan.active, plan.rewriteFrom);
    if (marked && mark.get().bytes() == size && known().durableTo() <= mark.get().end()) {
      plan.activeBytes = size;
      plan.end = mark.get().end();
      takeStoredIndex(plan);
      return;
    }
    try (DiskFile file = env.disk().openToRead(plan.active.file())) {
      plan.index = new SegmentIndex(plan.rewriteFrom);
      long durable = Math.max(base, known().durableTo());
      TailScan scan = new TailScan(file, plan.active, size, plan.index, producers::add, durable);
      TailScan.Verdict verdict =
          scan.judge(
              plan.rewriteFrom, marked ? mark.get().end() : base, marked ? mark.get().epoch() : 0);
      plan.end = verdict.end();
      plan.activeBytes = verdict.cutAt();
      plan.newestEpoch = Math.max(plan.newestEpoch, verdict.epoch());
      verdict.lost().forEach(plan::lose);
      plan.firstAppendMillis = firstAppendMillis(file, plan);
    }
  }

  private void takeStoredIndex(Plan plan) throws IOException {
    Optional<SegmentIndex> stored = IndexFile.read(env.disk(), plan.active, plan.activeBytes);
    if (stored.isPresent()) {
      plan.index = stored.get();
      plan.firstAppendMillis = plan.index.firstAppendMillis();
    } else if (plan.activeBytes > 0) {
      plan.index = new SegmentIndex(plan.activeBytes);
      try (DiskFile file = env.disk().openToRead(plan.active.file())) {
        plan.firstAppendMillis = firstAppendMillis(file, plan);
      }
    }
  }

  /** Of the batch the segment begins with; 0 when that can't be told, which makes it old. */
  private static long firstAppendMillis(DiskFile file, Plan plan) throws IOException {
    BatchScan.Found first = new BatchScan(file, plan.active.stamp(), plan.activeBytes).at(0);
    return first == null ? 0 : first.header().appendTimeMillis();
  }
}
