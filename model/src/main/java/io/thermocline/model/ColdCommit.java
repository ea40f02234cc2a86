package io.thermocline.model;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * One atomic change of a topic's table: all of it becomes visible in one snapshot, or none.
 *
 * @param id found again in the table, so that a repeat after an unknown outcome changes nothing
 * @param moves at most one for each partition, at least one
 */
public record ColdCommit(UUID id, List<Move> moves) {

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

  public ColdCommit {
    Objects.requireNonNull(id, "id");
    moves = List.copyOf(moves);
    if (moves.isEmpty()
        || moves.stream().mapToInt(Move::partition).distinct().count() != moves.size()) {
      throw new IllegalArgumentException("A commit moves each of one or more partitions once");
    }
  }
}
