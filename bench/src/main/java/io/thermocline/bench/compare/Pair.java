package io.thermocline.bench.compare;

/** The same figure of both sides, of one round. */
record Pair(Figure ours, Figure peer) {
  Pair {
    if (!ours.name().equals(peer.name())) {
      throw new IllegalArgumentException(
          "Figure " + ours.name() + " can't be compared with " + peer.name());
    }
  }
}
