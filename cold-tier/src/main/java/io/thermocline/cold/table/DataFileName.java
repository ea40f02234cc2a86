package io.thermocline.cold.table;

import io.thermocline.model.OffsetRange;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a data file's path says about it. Relative to the table's location:
 *
 * <pre>
 * data/&lt;partition&gt;/&lt;from, 20 digits&gt;-&lt;to, 20 digits&gt;-&lt;crc, 8 hex&gt;-&lt;unique, 16 hex&gt;.parquet
 * </pre>
 *
 * <p>Listed, files stand in offset order. A file's name is never used twice, and a file is never
 * written again under its name.
 *
 * @param partition its partition's number
 * @param range the offsets the file speaks for, gaps included
 * @param crc32c checksum of what Parquet leaves unprotected: footer and indexes
 * @param unique random
 */
record DataFileName(int partition, OffsetRange range, int crc32c, long unique) {
  private static final Pattern PATH =
      Pattern.compile(
          "data/(0|[1-9][0-9]{0,8})/([0-9]{20})-([0-9]{20})-([0-9a-f]{8})-([0-9a-f]{16})\\.parquet");

  /** The path below a table's location. */
  String path() {
    return "data/%d/%020d-%020d-%08x-%016x.parquet"
        .formatted(partition, range.from(), range.to(), crc32c, unique);
  }

  /** Reads a path below a table's location; empty when it is not one of ours. */
  static Optional<DataFileName> parse(String path) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      long from = Long.parseLong(matcher.group(2));
      long to = Long.parseLong(matcher.group(3));
      if (to <= from) {
        return Optional.empty();
      }
      return Optional.of(
          new DataFileName(
              Integer.parseInt(matcher.group(1)),
              new OffsetRange(from, to),
              Integer.parseUnsignedInt(matcher.group(4), 16),
              Long.parseUnsignedLong(matcher.group(5), 16)));
    } catch (NumberFormatException e) {
      // Twenty digits can be more than an offset holds: not a name of ours.
      return Optional.empty();
    }
  }
}
