package io.thermocline.model;

/** Where records lie. */
public enum Tier {
  /** The broker's local disk. */
  HOT,
  /** Parquet in the object store. */
  COLD
}
