package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.cold.foreign.ForeignPart;
import io.thermocline.cold.foreign.OffsetRuns;
import io.thermocline.cold.table.ManifestContents.Entry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DeleteFile;

/**
 * Lays the files of a partition side by side by offset: those of ours as they are, the others cut
 * in pieces where another file's offsets lie in between.
 */
final class PieceCutter {
  private final TopicPartition id;
  private final ForeignFiles foreign;
  private final List<Entry.Deletes> deletes;
  private final List<OffsetRange> missing;
  private final long logStart;
  private final Problems problems;
  private final List<LogFile> files = new ArrayList<>();
  private final List<ForeignSource> sources = new ArrayList<>();
  private final Set<String> unreadable = new HashSet<>();
  private final Set<String> live = new HashSet<>();

  /**
   * A file, cut.
   *
   * @param rows offsets that it has rows of, where that was asked for
   */
  private record Cut(
      SourceFile source,
      boolean isOurs,
      List<OffsetRange> ranges,
      List<OffsetRange> rows,
      boolean ascending,
      List<DeleteFile> deletes) {

    ForeignPart part(OffsetRange range) {
      return new ForeignPart(source.location(), source.bytes(), range, ascending, deletes);
    }

    /** All that it has, whatever lies in between. */
    ForeignPart whole() {
      return part(new OffsetRange(ranges.get(0).from(), ranges.get(ranges.size() - 1).to()));
    }
  }

  /** A run of a file's offsets. */
  private record Run(OffsetRange range, int owner) {}

  /**
   * @param missing no piece goes over any of these
   * @param logStart what lies wholly below it is no piece
   */
  PieceCutter(
      TopicPartition id,
      ForeignFiles foreign,
      List<Entry.Deletes> deletes,
      List<OffsetRange> missing,
      long logStart,
      Problems problems) {
    this.id = id;
    this.foreign = foreign;
    this.deletes = deletes;
    this.missing = missing;
    this.logStart = logStart;
    this.problems = problems;
  }

  /** Does it. */
  void cut(List<TableFile> ours, List<ForeignRowsJudge.Known> elsewhere) {
    ours.forEach(file -> live.add(file.location()));
    elsewhere.forEach(known -> live.add(known.file().location()));
    List<OffsetRange> taken = new ArrayList<>();
    for (TableFile file : ours) {
      taken.add(file.span().range());
      SourceFile source = SourceFile.of(file);
      List<DeleteFile> applying = deletedBy(source);
      if (applying.isEmpty()) {
        files.add(file);
      } else {
        add(new Cut(source, true, List.of(file.span().range()), List.of(), true, applying));
      }
    }
    List<List<OffsetRange>> pieces = pieces(taken, elsewhere);
    for (int i = 0; i < elsewhere.size(); i++) {
      SourceFile source = elsewhere.get(i).file();
      OffsetRuns runs = elsewhere.get(i).runs();
      add(
          new Cut(
              source, false, pieces.get(i), runs.ranges(), runs.ascending(), deletedBy(source)));
    }
    files.sort(Comparator.comparingLong(LogFile::from));
  }

  private List<DeleteFile> deletedBy(SourceFile source) {
    try {
      return source.deletedBy(deletes, foreign);
    } catch (ThermoclineException e) {
      doubt(source, e);
      return List.of();
    }
  }

  private void doubt(SourceFile source, ThermoclineException e) {
    if (e.kind() != ErrorKind.CORRUPT && e.kind() != ErrorKind.UNSUPPORTED) {
      throw e;
    }
    if (unreadable.add(source.location())) {
      problems.add(
          "another writer deleted rows by position, and which of %s can't be told: %s"
              .formatted(source.location(), e.getMessage()));
    }
  }

  private List<List<OffsetRange>> pieces(
      List<OffsetRange> ours, List<ForeignRowsJudge.Known> elsewhere) {
    List<Run> runs = new ArrayList<>();
    ours.forEach(range -> runs.add(new Run(range, -1)));
    missing.forEach(range -> runs.add(new Run(range, -1)));
    List<List<OffsetRange>> pieces = new ArrayList<>();
    for (int owner = 0; owner < elsewhere.size(); owner++) {
      pieces.add(new ArrayList<>());
      for (OffsetRange range : elsewhere.get(owner).runs().ranges()) {
        runs.add(new Run(range, owner));
      }
    }
    runs.sort(Comparator.comparingLong(run -> run.range().from()));
    int last = -1;
    for (Run run : runs) {
      if (run.owner() >= 0) {
        List<OffsetRange> own = pieces.get(run.owner());
        if (run.owner() == last) {
          OffsetRange before = own.remove(own.size() - 1);
          own.add(new OffsetRange(before.from(), run.range().to()));
        } else {
          own.add(run.range());
        }
      }
      last = run.owner();
    }
    return pieces;
  }

  private void add(Cut cut) {
    SourceFile source = cut.source();
    List<ForeignPiece> pieces = new ArrayList<>();
    List<Long> rows = rows(cut);
    for (int i = 0; i < rows.size(); i++) {
      OffsetRange range = cut.ranges().get(i);
      if (rows.get(i) > 0 && range.to() > logStart) {
        pieces.add(new ForeignPiece(id, source, cut.part(range), rows.get(i)));
      }
    }
    files.addAll(pieces);
    sources.add(
        new ForeignSource(
            source, cut.isOurs(), cut.ranges(), cut.deletes(), own(source, cut.deletes()), pieces));
  }

  private List<DeleteFile> own(SourceFile source, List<DeleteFile> applying) {
    return applying.stream()
        .filter(
            file ->
                foreign.dataFiles(file).stream()
                    .allMatch(named -> named.equals(source.location()) || !live.contains(named)))
        .toList();
  }

  /** Records that are left in each of its ranges. */
  private List<Long> rows(Cut cut) {
    SourceFile source = cut.source();
    try {
      if (cut.ranges().size() == 1) {
        return List.of(source.rows() - foreign.deletedRows(cut.deletes(), source.location()));
      }
      List<OffsetRange> left =
          cut.deletes().isEmpty() ? cut.rows() : foreign.live(id.partition(), cut.whole());
      return cut.ranges().stream()
          .map(range -> Ranges.count(Ranges.common(List.of(range), left)))
          .toList();
    } catch (ThermoclineException e) {
      doubt(source, e);
      return Collections.nCopies(cut.ranges().size(), source.rows());
    }
  }

  /** All of them in offset order. */
  List<LogFile> files() {
    return List.copyOf(files);
  }

  /** Those that are to be brought back. */
  List<ForeignSource> sources() {
    return List.copyOf(sources);
  }

  /** Files of which it can't be told which rows were deleted. */
  Set<String> unreadable() {
    return Set.copyOf(unreadable);
  }
}
