package io.thermocline.bench.compare;

import java.util.Optional;

/**
 * The same figure of both sides, of one round.
 *
 * @param peer empty for what only our side has
 */
record Pair(Figure ours, Optional<Figure> peer) {
  Pair {
    peer.ifPresent(other -> requireSame(ours, other));
  }

  static Pair of(Figure ours, Figure peer) {
    return new Pair(ours, Optional.of(peer));
  }

  private static void requireSame(Figure ours, Figure peer) {
    if (!ours.name().equals(peer.name())) {
      throw new IllegalArgumentException(
          "Figure " + ours.name() + " can't be compared with " + peer.name());
    }
  }
}
