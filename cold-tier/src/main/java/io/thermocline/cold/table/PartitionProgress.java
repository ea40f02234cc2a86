package io.thermocline.cold.table;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.OffsetRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How far one partition has come in its table. Written as {@code <log
 * start>..<tiered-to>[;gaps=<from>-<to>,…][;lost=<from>-<to>,…][;rewritten=<from>-<to>:<rows>,…]}.
 *
 * <p>Invariant: every offset of {@code [logStart, tieredTo)} lies in the range of a data file of
 * ours, is that of a row in another writer's file, or lies in {@code gaps}, {@code lost} or {@code
 * rewritten}. What lies in none of them was taken out of the table by someone else.
 *
 * @param logStart the table's copy of the log start; never goes back
 * @param tieredTo one past the last offset in the table; never goes back
 * @param gaps ranges without a file because they held no record
 * @param lost ranges whose records were damaged before they could be tiered
 * @param rewritten ranges of which other writers' files have so many rows, and no other offset has
 *     one any more
 */
record PartitionProgress(
    long logStart,
    long tieredTo,
    List<OffsetRange> gaps,
    List<OffsetRange> lost,
    List<Rewritten> rewritten) {

  static final PartitionProgress NONE = new PartitionProgress(0, 0, List.of(), List.of());

  /** A range with the number of rows that another writer left in it. */
  record Rewritten(OffsetRange range, long rows) {}

  private static final String RANGE = "[0-9]{1,19}-[0-9]{1,19}";
  private static final String RANGES = RANGE + "(?:," + RANGE + ")*";
  private static final String COUNTED = RANGE + ":[0-9]{1,19}";
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{1,19})\\.\\.([0-9]{1,19})(?:;gaps=("
              + RANGES
              + "))?(?:;lost=("
              + RANGES
              + "))?(?:;rewritten=("
              + COUNTED
              + "(?:,"
              + COUNTED
              + ")*))?");

  PartitionProgress {
    gaps = List.copyOf(gaps);
    lost = List.copyOf(lost);
    rewritten = List.copyOf(rewritten);
    if (logStart < 0 || tieredTo < 0) {
      throw new IllegalArgumentException("Not a progress: " + logStart + ".." + tieredTo);
    }
  }

  /** Without anything that another writer rewrote. */
  PartitionProgress(long logStart, long tieredTo, List<OffsetRange> gaps, List<OffsetRange> lost) {
    this(logStart, tieredTo, gaps, lost, List.of());
  }

  /** The offsets the table answers for; empty when the log start has passed them all. */
  OffsetRange offsets() {
    return new OffsetRange(logStart, Math.max(logStart, tieredTo));
  }

  /** The progress once {@code move} is made. */
  PartitionProgress after(ColdCommit.Move move) {
    long newStart = Math.max(logStart, move.logStart());
    List<OffsetRange> explained = new ArrayList<>(move.lost());
    move.files().forEach(file -> explained.add(file.span().range()));
    List<OffsetRange> newGaps = new ArrayList<>(gaps);
    newGaps.addAll(Ranges.uncovered(new OffsetRange(move.from(), move.to()), explained));
    List<OffsetRange> newLost = new ArrayList<>(lost);
    newLost.addAll(move.lost());
    return new PartitionProgress(
        newStart,
        move.to(),
        Ranges.from(newStart, newGaps),
        Ranges.from(newStart, newLost),
        rewritten);
  }

  /**
   * The same, said anew of what other writers rewrote: of each range between files of ours it is
   * noted how many rows are in it, or that there are none.
   *
   * @param ours ranges of our files
   * @param foreignRows offsets of the rows in other writers' files
   * @param missing offsets that nothing explains; nothing is noted of them
   */
  PartitionProgress explaining(
      Collection<OffsetRange> ours, List<OffsetRange> foreignRows, List<OffsetRange> missing) {
    List<OffsetRange> known = new ArrayList<>(ours);
    known.addAll(lost);
    known.addAll(missing);
    List<OffsetRange> empty = new ArrayList<>();
    List<Rewritten> sparse = new ArrayList<>();
    for (OffsetRange area : Ranges.uncovered(offsets(), known)) {
      long rows = Ranges.count(Ranges.common(List.of(area), foreignRows));
      if (rows == 0) {
        empty.add(area);
      } else if (rows < area.span()) {
        sparse.add(new Rewritten(area, rows));
      }
    }
    return new PartitionProgress(logStart, tieredTo, empty, lost, sparse);
  }

  /**
   * The progress once {@code merge} is made: gaps between the files are gaps inside the new one.
   */
  PartitionProgress after(ColdCommit.Merge merge) {
    OffsetRange merged = merge.merged().span().range();
    List<OffsetRange> left =
        gaps.stream().flatMap(gap -> Ranges.uncovered(gap, List.of(merged)).stream()).toList();
    return new PartitionProgress(logStart, tieredTo, left, lost, rewritten);
  }

  String format() {
    String counted =
        rewritten.stream()
            .map(one -> one.range().from() + "-" + one.range().to() + ":" + one.rows())
            .collect(Collectors.joining(","));
    return logStart
        + ".."
        + tieredTo
        + list(";gaps=", gaps)
        + list(";lost=", lost)
        + (counted.isEmpty() ? "" : ";rewritten=" + counted);
  }

  /**
   * Reads what {@link #format} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  static PartitionProgress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("Not a progress: '" + text + "'");
    }
    return new PartitionProgress(
        Long.parseLong(matcher.group(1)),
        Long.parseLong(matcher.group(2)),
        ranges(matcher.group(3)),
        ranges(matcher.group(4)),
        counted(matcher.group(5)));
  }

  private static String list(String label, List<OffsetRange> ranges) {
    return ranges.isEmpty()
        ? ""
        : ranges.stream()
            .map(range -> range.from() + "-" + range.to())
            .collect(Collectors.joining(",", label, ""));
  }

  private static List<OffsetRange> ranges(String text) {
    List<OffsetRange> ranges = new ArrayList<>();
    if (text != null) {
      for (String part : text.split(",", -1)) {
        int dash = part.indexOf('-');
        ranges.add(
            new OffsetRange(
                Long.parseLong(part.substring(0, dash)), Long.parseLong(part.substring(dash + 1))));
      }
    }
    return ranges;
  }

  private static List<Rewritten> counted(String text) {
    List<Rewritten> counted = new ArrayList<>();
    if (text != null) {
      for (String part : text.split(",", -1)) {
        int colon = part.indexOf(':');
        counted.add(
            new Rewritten(
                ranges(part.substring(0, colon)).get(0),
                Long.parseLong(part.substring(colon + 1))));
      }
    }
    return counted;
  }
}
