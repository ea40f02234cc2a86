package io.thermocline.hot;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One file of consecutive batches, named by its base offset.
 *
 * @param stamp whose it is
 * @param file where it lies
 */
record Segment(LogStamp stamp, Path file) {
  private static final String SUFFIX = ".log";
  private static final int DIGITS = 20;

  /** The segment of a partition that begins at {@code base}. */
  static Segment at(Path directory, LogId log, long base) {
    return new Segment(log.stamp(base), directory.resolve(name(base) + SUFFIX));
  }

  /** The base offset a file of that name begins at; empty when it is not a segment's name. */
  static Optional<Long> baseOf(String fileName) {
    if (fileName.length() != DIGITS + SUFFIX.length() || !fileName.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String digits = fileName.substring(0, DIGITS);
    return digits.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Optional.of(Long.parseLong(digits))
        : Optional.empty();
  }

  private static String name(long base) {
    return "%020d".formatted(base);
  }

  long base() {
    return stamp.segment();
  }

  Path indexFile() {
    return file.resolveSibling(name(base()) + ".index");
  }

  /** Where bytes that recovery cut at {@code position}, in log epoch {@code epoch}, are kept. */
  Path cutFile(long position, int epoch) {
    return file.resolveSibling("%s-%d-%d.cut".formatted(name(base()), position, epoch));
  }

  /** The base offset of the segment that a {@link #cutFile} came from; empty for other names. */
  static Optional<Long> cutFrom(String fileName) {
    return fileName.endsWith(".cut") && fileName.length() > DIGITS
        ? baseOf(fileName.substring(0, DIGITS) + SUFFIX)
        : Optional.empty();
  }

  /** A segment that takes no more batches. */
  record Sealed(Segment segment, long end, long bytes) {
    long base() {
      return segment.base();
    }
  }
}
