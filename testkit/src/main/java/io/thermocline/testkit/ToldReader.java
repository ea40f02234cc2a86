package io.thermocline.testkit;

import io.thermocline.model.ContentSums;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.SecondReader;
import java.nio.file.Path;
import java.util.function.BiFunction;

/** A second reader that reads what a test tells it to have read. */
public final class ToldReader implements SecondReader {
  private final BiFunction<Path, OffsetRange, ContentSums> told;

  /**
   * @param told makes up what a file's records come to
   */
  public ToldReader(BiFunction<Path, OffsetRange, ContentSums> told) {
    this.told = told;
  }

  /** One that must not be asked. */
  public static ToldReader none() {
    return new ToldReader(
        (file, range) -> {
          throw new AssertionError("Nobody was to read " + file);
        });
  }

  @Override
  public String name() {
    return "Told";
  }

  @Override
  public ContentSums sums(Path file, OffsetRange range) {
    return told.apply(file, range);
  }
}
