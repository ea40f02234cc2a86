package io.thermocline.bench.compare;

import java.util.List;

/**
 * One comparison. To add one, implement this and name it in {@link Cases}.
 *
 * <p>For each side: {@link #prepare}, then {@link #measure} once a round in turns with the other
 * side, then {@link #cleanUp}.
 */
public interface Case {
  /** As in {@code --case NAME}. */
  String name();

  /** What is done, in a line. */
  String description();

  /** Whether its rates are bound by the disk, so that they are set beside the disk's own. */
  default boolean writesToDisk() {
    return false;
  }

  /** Makes what all rounds work on. */
  default void prepare(Arena arena) throws Exception {}

  /**
   * One turn. Gives the same figures each time; the peer's turn those of ours that it has too, by
   * the same names.
   */
  List<Figure> measure(Arena arena) throws Exception;

  /** Removes what {@link #prepare} made. */
  default void cleanUp(Arena arena) throws Exception {}
}
