package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignPart;
import io.thermocline.model.OffsetRange;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.iceberg.DeleteFile;

/**
 * A live data file that is to be brought back into our layout.
 *
 * @param file what it is
 * @param isOurs whether it is a file of ours, which speaks for all offsets of its range
 * @param ranges the offsets it speaks for: all of its range where it is ours
 * @param deletes that delete rows of it
 * @param ownDeletes those of them that delete rows of no other live file
 * @param pieces its offsets; none when all of its rows are deleted
 */
record ForeignSource(
    SourceFile file,
    boolean isOurs,
    List<OffsetRange> ranges,
    List<DeleteFile> deletes,
    List<DeleteFile> ownDeletes,
    List<ForeignPiece> pieces) {
  ForeignSource {
    ranges = List.copyOf(ranges);
    deletes = List.copyOf(deletes);
    ownDeletes = List.copyOf(ownDeletes);
    pieces = List.copyOf(pieces);
  }

  /** From its first offset to its last. */
  OffsetRange range() {
    return new OffsetRange(ranges.get(0).from(), ranges.get(ranges.size() - 1).to());
  }

  /** Its name, another one once other rows of it are deleted. */
  String id() {
    return "%s without %s".formatted(file.location(), new TreeSet<>(locations(deletes)));
  }

  /** Whether it is still the same, with the same rows deleted. */
  boolean isSame(ForeignSource other) {
    return file.equals(other.file)
        && ranges.equals(other.ranges)
        && locations(deletes).equals(locations(other.deletes));
  }

  private static Set<String> locations(List<DeleteFile> files) {
    return files.stream().map(ForeignPart::key).collect(Collectors.toSet());
  }
}
