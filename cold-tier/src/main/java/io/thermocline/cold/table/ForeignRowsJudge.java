package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.foreign.OffsetRuns;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges the rows of other writers' files by their offsets: they have to be rows that were tiered,
 * each in one file, in place of what was taken out.
 */
final class ForeignRowsJudge {
  private final int partition;
  private final PartitionProgress progress;
  private final ForeignFiles files;
  private final Problems problems;

  /** A file and the offsets of its rows. */
  record Known(SourceFile file, OffsetRuns runs) {
    long to() {
      return runs.ranges().get(runs.ranges().size() - 1).to();
    }
  }

  ForeignRowsJudge(
      int partition, PartitionProgress progress, ForeignFiles files, Problems problems) {
    this.partition = partition;
    this.progress = progress;
    this.files = files;
    this.problems = problems;
  }

  /**
   * The files whose rows are all in place.
   *
   * @param ours ranges of the live files of ours
   * @param explained offsets that have no row
   */
  List<Known> judge(
      List<SourceFile> elsewhere, Collection<OffsetRange> ours, List<OffsetRange> explained) {
    List<OffsetRange> taken = Ranges.union(ours);
    List<Known> known = new ArrayList<>();
    for (SourceFile file : elsewhere) {
      offsets(file).ifPresent(runs -> known.add(new Known(file, runs)));
    }
    Set<Known> wrong = new HashSet<>();
    for (Known one : known) {
      wrongWith(one, taken, explained)
          .ifPresent(
              why -> {
                wrong.add(one);
                problems.add(
                    "%s with %d rows of another writer: %s"
                        .formatted(one.file().location(), one.file().rows(), why));
              });
    }
    leaveOutShared(known, wrong);
    return known.stream().filter(one -> !wrong.contains(one)).toList();
  }

  private Optional<OffsetRuns> offsets(SourceFile file) {
    try {
      return Optional.of(files.offsets(file.location(), file.bytes(), partition));
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      problems.add(
          "the %d rows of %s can't be told: %s"
              .formatted(file.rows(), file.location(), e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<String> wrongWith(
      Known file, List<OffsetRange> taken, List<OffsetRange> explained) {
    OffsetRuns runs = file.runs();
    if (runs.rows() != file.file().rows() || runs.rows() == 0) {
      return Optional.of("it holds %d rows".formatted(runs.rows()));
    }
    if (runs.repeated().isPresent()) {
      return Optional.of("offset %d is there twice".formatted(runs.repeated().get()));
    }
    if (file.to() > progress.tieredTo()) {
      return Optional.of(
          "it has offset %d, and tiered-to is %d".formatted(file.to() - 1, progress.tieredTo()));
    }
    if (file.to() <= progress.logStart()) {
      return Optional.of("it lies below the log start, which is " + progress.logStart());
    }
    Optional<OffsetRange> twice = first(Ranges.common(runs.ranges(), taken));
    if (twice.isPresent()) {
      return Optional.of("offsets %s are in files of ours".formatted(twice.get()));
    }
    return first(Ranges.common(runs.ranges(), explained))
        .map(range -> "offsets %s had no record, or were deleted".formatted(range));
  }

  private static Optional<OffsetRange> first(List<OffsetRange> ranges) {
    return ranges.stream().findFirst();
  }

  /** Of two files with the same offset nothing says which is right. */
  private void leaveOutShared(List<Known> known, Set<Known> wrong) {
    List<OffsetRange> seen = List.of();
    List<OffsetRange> shared = new ArrayList<>();
    for (Known one : known) {
      shared.addAll(Ranges.common(one.runs().ranges(), seen));
      List<OffsetRange> both = new ArrayList<>(seen);
      both.addAll(one.runs().ranges());
      seen = Ranges.union(both);
    }
    if (shared.isEmpty()) {
      return;
    }
    List<OffsetRange> all = Ranges.union(shared);
    for (Known one : known) {
      Optional<OffsetRange> twice = first(Ranges.common(one.runs().ranges(), all));
      if (twice.isPresent() && wrong.add(one)) {
        problems.add(
            "%s and another file of another writer both have offsets %s"
                .formatted(one.file().location(), twice.get()));
      }
    }
  }
}
