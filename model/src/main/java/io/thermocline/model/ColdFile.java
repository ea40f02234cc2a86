package io.thermocline.model;

/**
 * One data file of the cold tier. Made by {@link ColdTier#write}, and only the tier that made it
 * can commit it.
 */
public interface ColdFile {
  /** Its partition's number. */
  int partition();

  /** Its offsets, size and append times. Always sealed. */
  Span span();

  /** Number of records. */
  long rows();

  /** Where it lies, as a URI. */
  String location();

  /**
   * Whether it lies as this tier lays files out. What another writer laid out, or deleted rows of,
   * does not: it is read the slow way, {@link ColdTier#maintain} brings it back, and until then it
   * is not merged.
   */
  default boolean isInLayout() {
    return true;
  }
}
