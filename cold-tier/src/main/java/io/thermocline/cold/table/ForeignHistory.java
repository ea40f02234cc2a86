package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.foreign.ForeignPart;
import io.thermocline.cold.table.ManifestContents.Entry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other writers did to a table since our last commit, snapshot by snapshot. It tells rows that
 * somebody deleted from rows that are missing: the first were there before a snapshot that says it
 * deletes, the others are gone without one.
 */
final class ForeignHistory {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignHistory.class);

  private final ForeignFiles files;
  private final Optional<String> problem;

  /** Files of the snapshot that the steps begin at; seldom asked for. */
  private final Supplier<List<Entry>> base;

  /** Oldest first. */
  private final List<Step> steps;

  /**
   * One snapshot of another writer.
   *
   * @param deletes whether it says that rows are no more
   */
  private record Step(List<Entry> before, List<Entry> after, boolean deletes) {}

  private ForeignHistory(
      ForeignFiles files, Optional<String> problem, Supplier<List<Entry>> base, List<Step> steps) {
    this.files = files;
    this.problem = problem;
    this.base = base;
    this.steps = steps;
  }

  /**
   * Looks back from the current snapshot to the one of our last commit.
   *
   * @param entries the live files of a snapshot
   */
  static ForeignHistory of(
      TableMetadata metadata,
      Optional<UUID> lastCommit,
      Function<Snapshot, List<Entry>> entries,
      ForeignFiles files) {
    List<Snapshot> foreign = new ArrayList<>();
    Snapshot at = metadata.currentSnapshot();
    Optional<String> last = lastCommit.map(UUID::toString);
    while (at != null && !last.equals(commitOf(at))) {
      if (commitOf(at).isPresent()) {
        return rewound(files, "commit " + commitOf(at).get(), last);
      }
      foreign.add(0, at);
      Snapshot parent = at.parentId() == null ? null : metadata.snapshot(at.parentId());
      if (parent == null && at.parentId() != null) {
        return forgotten(metadata, entries, files, at.parentId());
      }
      at = parent;
    }
    if (at == null && last.isPresent()) {
      return rewound(files, "a time before any commit of ours", last);
    }
    Snapshot first = at;
    Supplier<List<Entry>> base = () -> first == null ? List.of() : entries.apply(first);
    List<Step> steps = new ArrayList<>();
    List<Entry> before = foreign.isEmpty() ? List.of() : base.get();
    for (Snapshot snapshot : foreign) {
      List<Entry> after = entries.apply(snapshot);
      steps.add(new Step(before, after, says(snapshot)));
      before = after;
    }
    return new ForeignHistory(files, Optional.empty(), base, List.copyOf(steps));
  }

  private static ForeignHistory rewound(ForeignFiles files, String to, Optional<String> last) {
    return new ForeignHistory(
        files,
        Optional.of(
            "another writer set main back to %s; our last commit is %s"
                .formatted(to, last.orElse("none"))),
        List::of,
        List.of());
  }

  /** What is not known can't explain anything; what is whole all the same needs no explanation. */
  private static ForeignHistory forgotten(
      TableMetadata metadata,
      Function<Snapshot, List<Entry>> entries,
      ForeignFiles files,
      long missing) {
    LOG.warn(
        "another writer's changes can't be followed table={} snapshot={} was expired",
        metadata.location(),
        missing);
    return new ForeignHistory(
        files, Optional.empty(), () -> entries.apply(metadata.currentSnapshot()), List.of());
  }

  private static Optional<String> commitOf(Snapshot snapshot) {
    return Optional.ofNullable(snapshot.summary())
        .map(summary -> summary.get(CommitAttempt.COMMIT_ID));
  }

  private static boolean says(Snapshot snapshot) {
    return DataOperations.DELETE.equals(snapshot.operation())
        || DataOperations.OVERWRITE.equals(snapshot.operation());
  }

  /** What is wrong with main itself, and so with every partition. */
  Optional<String> problem() {
    return problem;
  }

  /** Whether main is as our last commit left it. */
  boolean isOurs() {
    return problem.isEmpty() && steps.isEmpty();
  }

  /**
   * The offsets of a partition that have no row, with good reason: they never had one, or a
   * snapshot deleted it.
   */
  List<OffsetRange> explained(int partition, PartitionProgress progress) {
    List<OffsetRange> explained = new ArrayList<>(progress.gaps());
    explained.addAll(progress.lost());
    if (!progress.rewritten().isEmpty()) {
      explained.addAll(leftOut(partition, progress));
    }
    for (Step step : steps) {
      try {
        explained.addAll(explainedBy(partition, step));
      } catch (ThermoclineException e) {
        if (e.kind() != ErrorKind.CORRUPT && e.kind() != ErrorKind.UNSUPPORTED) {
          throw e;
        }
        // Then nothing is explained by it, and what it took out is missing.
        LOG.warn("another writer's change can't be followed partition={}", partition, e);
      }
    }
    return Ranges.union(explained);
  }

  /** What earlier changes left out, as far as the rows are still as many as were noted. */
  private List<OffsetRange> leftOut(int partition, PartitionProgress progress) {
    List<OffsetRange> rows = new ArrayList<>();
    for (Entry entry : of(partition, base.get())) {
      if (entry instanceof Entry.Elsewhere elsewhere) {
        try {
          rows.addAll(offsets(elsewhere.file()));
        } catch (ThermoclineException e) {
          if (e.kind() != ErrorKind.CORRUPT) {
            throw e;
          }
          LOG.warn("rows can't be counted location={}", entry.location(), e);
        }
      }
    }
    List<OffsetRange> all = Ranges.union(rows);
    List<OffsetRange> leftOut = new ArrayList<>();
    for (PartitionProgress.Rewritten noted : progress.rewritten()) {
      List<OffsetRange> there = Ranges.common(List.of(noted.range()), all);
      if (Ranges.count(there) == noted.rows()) {
        leftOut.addAll(Ranges.minus(List.of(noted.range()), there));
      }
    }
    return leftOut;
  }

  private List<OffsetRange> explainedBy(int partition, Step step) {
    Map<String, Entry> before = dataFiles(partition, step.before());
    Map<String, Entry> after = dataFiles(partition, step.after());
    List<OffsetRange> covered = new ArrayList<>();
    List<OffsetRange> live = new ArrayList<>();
    List<OffsetRange> kept = new ArrayList<>();
    List<Entry.Deletes> deletes = deletes(partition, step.before());
    for (Entry entry : before.values()) {
      if (!after.containsKey(entry.location())) {
        covered.addAll(covered(entry));
        live.addAll(live(entry, deletes));
      }
    }
    for (Entry entry : after.values()) {
      if (!before.containsKey(entry.location())) {
        kept.addAll(covered(entry));
      }
    }
    List<OffsetRange> all = Ranges.union(covered);
    List<OffsetRange> explained = new ArrayList<>(Ranges.minus(all, Ranges.union(live)));
    if (step.deletes()) {
      explained.addAll(Ranges.minus(all, Ranges.union(kept)));
    }
    return explained;
  }

  private List<OffsetRange> covered(Entry entry) {
    if (entry instanceof Entry.Ours ours) {
      return List.of(ours.file().span().range());
    }
    return entry instanceof Entry.Elsewhere elsewhere ? offsets(elsewhere.file()) : List.of();
  }

  /** The offsets that had a row which was not deleted. */
  private List<OffsetRange> live(Entry entry, List<Entry.Deletes> deletes) {
    SourceFile file;
    OffsetRange range;
    boolean dense = false;
    if (entry instanceof Entry.Ours ours) {
      file = SourceFile.of(ours.file());
      range = ours.file().span().range();
      dense = file.rows() == range.span();
    } else if (entry instanceof Entry.Elsewhere elsewhere) {
      file = elsewhere.file();
      range = new OffsetRange(0, Long.MAX_VALUE);
    } else {
      return List.of();
    }
    List<DeleteFile> applying = file.deletedBy(deletes, files);
    if (applying.isEmpty() && dense) {
      return List.of(range);
    }
    return files.live(
        file.partition(), new ForeignPart(file.location(), file.bytes(), range, true, applying));
  }

  private List<OffsetRange> offsets(SourceFile file) {
    return files.offsets(file.location(), file.bytes(), file.partition()).ranges();
  }

  private static List<Entry> of(int partition, List<Entry> entries) {
    return entries.stream()
        .filter(entry -> entry.partition().equals(Optional.of(partition)))
        .toList();
  }

  private static Map<String, Entry> dataFiles(int partition, List<Entry> entries) {
    Map<String, Entry> found = new HashMap<>();
    for (Entry entry : of(partition, entries)) {
      if (!(entry instanceof Entry.Deletes)) {
        found.put(entry.location(), entry);
      }
    }
    return found;
  }

  private static List<Entry.Deletes> deletes(int partition, List<Entry> entries) {
    return of(partition, entries).stream()
        .filter(Entry.Deletes.class::isInstance)
        .map(Entry.Deletes.class::cast)
        .toList();
  }
}
