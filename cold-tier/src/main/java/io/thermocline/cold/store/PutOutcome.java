package io.thermocline.cold.store;

/** What became of a conditional write. */
public enum PutOutcome {
  /** This call wrote the object. */
  WRITTEN,
  /** The key named another object already; nothing was changed. */
  EXISTS
}
