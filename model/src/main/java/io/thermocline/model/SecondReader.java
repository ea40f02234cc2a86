package io.thermocline.model;

import java.nio.file.Path;

/**
 * Reads data files by code that has nothing in common with the cold tier's own reader. Thread-safe;
 * blocks.
 */
public interface SecondReader {
  /** What it is called, for messages. */
  String name();

  /**
   * What the records of a data file come to.
   *
   * @param file a whole data file
   * @param range the offsets it should have; records elsewhere count in the nearest run
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it can't read the file
   */
  ContentSums sums(Path file, OffsetRange range);
}
