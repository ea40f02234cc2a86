package io.thermocline.hot.segment;

import io.thermocline.model.TopicPartition;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of consecutive batches, named by its base offset.
 *
 * @param stamp whose it is
 * @param file where it lies
 */
public record Segment(LogStamp stamp, Path file) {
  private static final String SUFFIX = ".log";
  private static final int DIGITS = 20;
  private static final Pattern CUT_NAME = Pattern.compile("[0-9]{20}-([0-9]{1,18})-[0-9]+\\.cut");

  /** The segment of a partition that begins at {@code base}. */
  public static Segment at(Path directory, TopicPartition id, long base) {
    return new Segment(
        new LogStamp(id.topic().uuid(), id.partition(), base),
        directory.resolve(name(base) + SUFFIX));
  }

  /** The base offset a file of that name begins at; empty when it is not a segment's name. */
  public static Optional<Long> baseOf(String fileName) {
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

  /** The offset it begins at. */
  public long base() {
    return stamp.segment();
  }

  /** Where its {@link IndexFile} lies. */
  public Path indexFile() {
    return file.resolveSibling(name(base()) + ".index");
  }

  /** Where bytes that recovery cut at {@code position}, in log epoch {@code epoch}, are kept. */
  public Path cutFile(long position, int epoch) {
    return file.resolveSibling("%s-%d-%d.cut".formatted(name(base()), position, epoch));
  }

  /** The base offset of the segment that a {@link #cutFile} came from; empty for other names. */
  public static Optional<Long> cutFrom(String fileName) {
    return fileName.endsWith(".cut") && fileName.length() > DIGITS
        ? baseOf(fileName.substring(0, DIGITS) + SUFFIX)
        : Optional.empty();
  }

  /** The position that a {@link #cutFile} began at; empty for other names. */
  static Optional<Long> cutPosition(String fileName) {
    Matcher cut = CUT_NAME.matcher(fileName);
    return cut.matches() ? Optional.of(Long.parseLong(cut.group(1))) : Optional.empty();
  }

  /**
   * A segment that takes no more batches.
   *
   * @param end one past its last offset
   * @param bytes its file has
   */
  public record Sealed(Segment segment, long end, long bytes) {
    /** The offset it begins at. */
    public long base() {
      return segment.base();
    }
  }
}
