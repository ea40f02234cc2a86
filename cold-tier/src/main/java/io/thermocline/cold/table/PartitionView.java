package io.thermocline.cold.table;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.OffsetRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One partition of a table as one snapshot has it, made for finding offsets.
 *
 * @param partition its number
 * @param progress how far it has come
 * @param files those that are provably right, in offset order, without overlaps
 * @param doubtful locations of files in which another writer deleted rows
 * @param missing ranges that should have rows or an explanation and have neither
 * @param problem why it is degraded; empty when it is well
 * @param sources live files that are read the slow way until they are brought back
 * @param foreignRows the offsets that other writers' files have rows of
 */
record PartitionView(
    int partition,
    PartitionProgress progress,
    List<LogFile> files,
    Set<String> doubtful,
    List<OffsetRange> missing,
    Optional<String> problem,
    List<ForeignSource> sources,
    List<OffsetRange> foreignRows) {

  static PartitionView empty(int partition) {
    return new PartitionView(
        partition,
        PartitionProgress.NONE,
        List.of(),
        Set.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  /**
   * The index of the first file that ends past {@code offset}; the number of files if none does.
   */
  int indexAt(long offset) {
    int low = 0;
    int high = files.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (files.get(middle).to() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The live files that have no row at or past {@code logStart}. */
  List<SourceFile> filesBelow(long logStart) {
    List<SourceFile> below = new ArrayList<>();
    for (LogFile file : files) {
      if (file instanceof TableFile ours && ours.to() <= logStart) {
        below.add(SourceFile.of(ours));
      }
    }
    sources.stream()
        .filter(source -> source.range().to() <= logStart)
        .map(ForeignSource::file)
        .forEach(below::add);
    return below;
  }

  /**
   * What is noted of other writers' files once {@code commit} is made: its log start may cut what
   * they rewrote.
   *
   * @param after the progress then
   */
  PartitionProgress explain(PartitionProgress after, ColdCommit commit) {
    List<OffsetRange> ours = rangesOfOurs(sources);
    commit
        .files()
        .filter(file -> file.partition() == partition)
        .forEach(file -> ours.add(file.span().range()));
    return after.explaining(ours, foreignRows, missing);
  }

  /** The progress once {@code source} has given way to {@code files}. */
  PartitionProgress without(ForeignSource source, List<UploadedFile> newFiles) {
    List<OffsetRange> ours =
        rangesOfOurs(sources.stream().filter(other -> !other.isSame(source)).toList());
    newFiles.forEach(file -> ours.add(file.span().range()));
    List<OffsetRange> left =
        source.isOurs() ? foreignRows : Ranges.minus(foreignRows, source.ranges());
    return progress.explaining(ours, left, missing);
  }

  private List<OffsetRange> rangesOfOurs(List<ForeignSource> live) {
    List<OffsetRange> ours = new ArrayList<>();
    files.stream().filter(LogFile::isInLayout).map(file -> file.span().range()).forEach(ours::add);
    live.stream().filter(ForeignSource::isOurs).map(ForeignSource::range).forEach(ours::add);
    return ours;
  }

  ColdPartition toModel() {
    return new ColdPartition(
        partition,
        progress.logStart(),
        progress.tieredTo(),
        List.<ColdFile>copyOf(files),
        progress.lost(),
        problem);
  }
}
