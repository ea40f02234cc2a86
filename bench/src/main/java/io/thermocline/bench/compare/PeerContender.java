package io.thermocline.bench.compare;

/** The system ours is compared with; found on the class path through {@code ServiceLoader}. */
public interface PeerContender extends Contender {}
