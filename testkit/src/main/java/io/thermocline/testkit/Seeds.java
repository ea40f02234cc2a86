package io.thermocline.testkit;

import java.util.stream.LongStream;

/** Seeds for parameterized tests: the seed is in the test's name, so a failure can be repeated. */
public final class Seeds {
  private Seeds() {}

  /** For tests of a few dozen milliseconds. */
  public static LongStream few() {
    return LongStream.rangeClosed(1, 5);
  }

  /** For tests of a millisecond. */
  public static LongStream many() {
    return LongStream.rangeClosed(1, 50);
  }
}
