package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.table.ManifestContents.Entry;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges what a partition's manifest entries are worth against its progress: which files are
 * provably right, and what is wrong with the rest.
 */
final class PartitionJudge {
  private final TopicPartition id;
  private final PartitionProgress progress;
  private final ForeignFiles foreign;
  private final Problems problems = new Problems();

  /**
   * @param tableProblem what is wrong with all partitions
   */
  PartitionJudge(
      TopicPartition id,
      PartitionProgress progress,
      ForeignFiles foreign,
      Optional<String> tableProblem) {
    this.id = id;
    this.progress = progress;
    this.foreign = foreign;
    tableProblem.ifPresent(problems::add);
  }

  /** What a partition's manifest entries say that it consists of. */
  private record Found(
      List<TableFile> ours, List<SourceFile> elsewhere, List<Entry.Deletes> deletes) {
    List<OffsetRange> ranges() {
      return ours.stream().map(file -> file.span().range()).toList();
    }
  }

  private Found sorted(List<Entry> entries) {
    Found found = new Found(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Entry entry : entries) {
      if (entry instanceof Entry.Ours file) {
        found.ours().add(file.file());
      } else if (entry instanceof Entry.Elsewhere file) {
        found.elsewhere().add(file.file());
      } else if (entry instanceof Entry.Deletes delete) {
        found.deletes().add(delete);
      } else if (entry instanceof Entry.Foreign file) {
        problems.add(
            "%s with %d rows is not ours: %s".formatted(file.location(), file.rows(), file.why()));
      }
    }
    return found;
  }

  PartitionView judge(List<Entry> entries, ForeignHistory history) {
    Found found = sorted(entries);
    List<TableFile> right = withoutOverlaps(inPlace(found.ours()));
    boolean asWeLeftIt =
        history.isOurs()
            && found.elsewhere().isEmpty()
            && found.deletes().isEmpty()
            && progress.rewritten().isEmpty();
    List<OffsetRange> explained =
        asWeLeftIt
            ? Ranges.union(both(progress.gaps(), progress.lost()))
            : history.explained(id.partition(), progress);
    ForeignRowsJudge rows = new ForeignRowsJudge(id.partition(), progress, foreign, problems);
    List<ForeignRowsJudge.Known> known = rows.judge(found.elsewhere(), found.ranges(), explained);
    List<OffsetRange> foreignRows =
        Ranges.union(known.stream().flatMap(one -> one.runs().ranges().stream()).toList());
    List<OffsetRange> ranges = right.stream().map(file -> file.span().range()).toList();
    List<OffsetRange> missing =
        Ranges.uncovered(progress.offsets(), both(both(ranges, explained), foreignRows));
    missing.forEach(range -> problems.add("offsets " + range + " are missing"));
    PieceCutter cutter =
        new PieceCutter(id, foreign, found.deletes(), missing, progress.logStart(), problems);
    cutter.cut(right, known);
    return new PartitionView(
        id.partition(),
        asWeLeftIt ? progress : progress.explaining(ranges, foreignRows, missing),
        cutter.files(),
        doubtful(cutter.files(), found.deletes(), cutter.unreadable()),
        missing,
        problems.asOne(),
        cutter.sources(),
        foreignRows);
  }

  private static List<OffsetRange> both(List<OffsetRange> some, List<OffsetRange> others) {
    List<OffsetRange> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  /** Leaves out files that the progress knows nothing of, or has dropped. */
  private List<TableFile> inPlace(List<TableFile> files) {
    List<TableFile> inPlace = new ArrayList<>();
    for (TableFile file : files) {
      if (file.to() > progress.tieredTo()) {
        problems.add(
            "%s lies past tiered-to, which is %d".formatted(file.location(), progress.tieredTo()));
      } else if (file.to() <= progress.logStart()) {
        problems.add(
            "%s lies below the log start, which is %d"
                .formatted(file.location(), progress.logStart()));
      } else {
        inPlace.add(file);
      }
    }
    inPlace.sort(Comparator.comparingLong(TableFile::from).thenComparing(TableFile::location));
    return inPlace;
  }

  /** Leaves out all files that share offsets: nothing says which of them is right. */
  private List<TableFile> withoutOverlaps(List<TableFile> sorted) {
    Set<TableFile> overlapping = new HashSet<>();
    TableFile reaching = null;
    for (TableFile file : sorted) {
      if (reaching != null && file.from() < reaching.to()) {
        overlapping.add(reaching);
        overlapping.add(file);
        problems.add(
            "%s and %s both have offsets %s"
                .formatted(
                    reaching.location(),
                    file.location(),
                    file.span().range().intersect(reaching.span().range())));
      }
      if (reaching == null || file.to() > reaching.to()) {
        reaching = file;
      }
    }
    return sorted.stream().filter(file -> !overlapping.contains(file)).toList();
  }

  /** Files of which nobody can say which rows were deleted. */
  private Set<String> doubtful(
      List<LogFile> files, List<Entry.Deletes> deletes, Set<String> unreadable) {
    Set<String> doubtful = new HashSet<>(unreadable);
    for (Entry.Deletes delete : deletes) {
      if (delete.equality()) {
        problems.add("another writer deleted rows by equality file " + delete.location());
        files.stream()
            .filter(file -> file.sequence() < delete.sequence())
            .forEach(file -> doubtful.add(file.location()));
      }
    }
    return Set.copyOf(doubtful);
  }
}
