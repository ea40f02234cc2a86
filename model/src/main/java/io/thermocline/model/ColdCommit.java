package io.thermocline.model;

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One atomic change of a topic's table: all of it becomes visible in one snapshot, or none. It
 * either moves partitions on or merges files, not both.
 *
 * @param id found again in the table, so that a repeat after an unknown outcome changes nothing
 * @param moves at most one for each partition
 * @param merges that share no file
 */
public record ColdCommit(UUID id, List<Move> moves, List<Merge> merges) {

  /**
   * How one partition moves on.
   *
   * @param partition its number
   * @param from tiered-to must stand exactly here, else the commit is refused with {@link
   *     ErrorKind#CONFLICT}
   * @param to tiered-to afterwards, {@code >= from}
   * @param logStart the table's log start afterwards, if that is higher than now; files wholly
   *     below it are dropped in the same snapshot
   * @param files the rows of {@code [from, to)}, in offset order; none where there are none to keep
   * @param lost damaged ranges inside {@code [from, to)}
   */
  public record Move(
      int partition,
      long from,
      long to,
      long logStart,
      List<ColdFile> files,
      List<OffsetRange> lost) {
    public Move {
      files = List.copyOf(files);
      lost = List.copyOf(lost);
      if (partition < 0 || from < 0 || to < from || logStart < 0) {
        throw new IllegalArgumentException(
            "Not a move: partition %d, [%d, %d), log start %d"
                .formatted(partition, from, to, logStart));
      }
      long reached = from;
      for (ColdFile file : files) {
        OffsetRange range = file.span().range();
        if (file.partition() != partition || range.from() < reached || range.to() > to) {
          throw new IllegalArgumentException(
              "File %s of partition %d does not fit into partition %d [%d, %d)"
                  .formatted(range, file.partition(), partition, reached, to));
        }
        reached = range.to();
      }
    }
  }

  /**
   * Neighboring files give way to one with the same records: progress, log start and what a reader
   * finds stay as they are.
   *
   * @param replaced two or more, in offset order, with no other file between them; each has to be
   *     in the table, else the commit is refused with {@link ErrorKind#CONFLICT}
   * @param merged made of just these by {@link ColdTier#merge}
   */
  public record Merge(List<ColdFile> replaced, ColdFile merged) {
    public Merge {
      replaced = List.copyOf(replaced);
      if (replaced.size() < 2
          || !merged.span().range().equals(rangeOf(replaced))
          || replaced.stream().anyMatch(file -> file.partition() != merged.partition())
          || replaced.stream().mapToLong(ColdFile::rows).sum() != merged.rows()) {
        throw new IllegalArgumentException(
            "File %s of partition %d with %d records is not what %s make together"
                .formatted(
                    merged.span().range(), merged.partition(), merged.rows(), ranges(replaced)));
      }
    }

    /** Its partition's number. */
    public int partition() {
      return merged.partition();
    }

    /**
     * The offsets of files that are to be merged, with the gaps between them.
     *
     * @param files at least one
     * @throws IllegalArgumentException when they are not in offset order
     */
    public static OffsetRange rangeOf(List<ColdFile> files) {
      long reached = 0;
      for (ColdFile file : files) {
        if (file.span().range().from() < reached) {
          throw new IllegalArgumentException("Not in offset order: " + ranges(files));
        }
        reached = file.span().range().to();
      }
      return new OffsetRange(files.get(0).span().range().from(), reached);
    }

    private static List<OffsetRange> ranges(List<ColdFile> files) {
      return files.stream().map(file -> file.span().range()).toList();
    }
  }

  public ColdCommit {
    Objects.requireNonNull(id, "id");
    moves = List.copyOf(moves);
    merges = List.copyOf(merges);
    if (moves.isEmpty() == merges.isEmpty()
        || moves.stream().mapToInt(Move::partition).distinct().count() != moves.size()) {
      throw new IllegalArgumentException(
          "A commit moves each of one or more partitions once, or merges files");
    }
    if (merges.stream().flatMap(merge -> merge.replaced().stream()).distinct().count()
        != merges.stream().mapToLong(merge -> merge.replaced().size()).sum()) {
      throw new IllegalArgumentException("A commit replaces each file once");
    }
  }

  /** Moves partitions on. */
  public ColdCommit(UUID id, List<Move> moves) {
    this(id, moves, List.of());
  }

  /** Merges files. */
  public static ColdCommit ofMerges(UUID id, List<Merge> merges) {
    return new ColdCommit(id, List.of(), merges);
  }

  /** The new files, all of which were uploaded before. */
  public Stream<ColdFile> files() {
    return Stream.concat(
        moves.stream().flatMap(move -> move.files().stream()), merges.stream().map(Merge::merged));
  }
}
