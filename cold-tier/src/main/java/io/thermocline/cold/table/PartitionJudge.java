package io.thermocline.cold.table;

import io.thermocline.cold.table.ManifestContents.Entry;
import io.thermocline.model.OffsetRange;
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
  private static final int NAMED_PROBLEMS = 5;

  private final int partition;
  private final PartitionProgress progress;
  private final List<String> problems = new ArrayList<>();

  /**
   * @param tableProblem what is wrong with all partitions
   */
  PartitionJudge(int partition, PartitionProgress progress, Optional<String> tableProblem) {
    this.partition = partition;
    this.progress = progress;
    tableProblem.ifPresent(problems::add);
  }

  PartitionView judge(List<Entry> entries) {
    List<TableFile> ours = new ArrayList<>();
    List<Entry.Deletes> deletes = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry instanceof Entry.Ours file) {
        ours.add(file.file());
      } else if (entry instanceof Entry.Deletes delete) {
        deletes.add(delete);
        problems.add(
            "another writer deleted rows by %s file %s"
                .formatted(delete.equality() ? "equality" : "position", delete.location()));
      } else if (entry instanceof Entry.Foreign foreign) {
        problems.add(
            "%s with %d rows is not ours: %s"
                .formatted(foreign.location(), foreign.rows(), foreign.why()));
      }
    }
    List<TableFile> right = withoutOverlaps(inPlace(ours));
    List<OffsetRange> explained = new ArrayList<>(progress.gaps());
    explained.addAll(progress.lost());
    right.forEach(file -> explained.add(file.span().range()));
    List<OffsetRange> missing = Ranges.uncovered(progress.offsets(), explained);
    missing.forEach(range -> problems.add("offsets " + range + " are missing"));
    return new PartitionView(
        partition, progress, List.copyOf(right), doubtful(right, deletes), missing, problem());
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

  private static Set<String> doubtful(List<TableFile> files, List<Entry.Deletes> deletes) {
    Set<String> doubtful = new HashSet<>();
    for (Entry.Deletes delete : deletes) {
      for (TableFile file : files) {
        boolean meant = delete.dataFile().map(file.location()::equals).orElse(true);
        if (meant && file.sequence() <= delete.sequence()) {
          doubtful.add(file.location());
        }
      }
    }
    return Set.copyOf(doubtful);
  }

  private Optional<String> problem() {
    if (problems.isEmpty()) {
      return Optional.empty();
    }
    String named =
        String.join("; ", problems.subList(0, Math.min(NAMED_PROBLEMS, problems.size())));
    int more = problems.size() - NAMED_PROBLEMS;
    return Optional.of(more > 0 ? named + "; and " + more + " more" : named);
  }
}
