package io.thermocline.cold.foreign;

import io.thermocline.model.OffsetRange;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.iceberg.DeleteFile;

/**
 * What is to be read of one data file: the rows of a range of offsets, but for those that were
 * deleted by position.
 *
 * @param location of the data file
 * @param bytes its size
 * @param range the offsets wanted
 * @param ascending whether its rows lie in offset order
 * @param deletes that may delete rows of it
 */
public record ForeignPart(
    String location, long bytes, OffsetRange range, boolean ascending, List<DeleteFile> deletes) {
  public ForeignPart {
    deletes = List.copyOf(deletes);
  }

  /** Its name among all that is kept of parts: what has other rows has another one. */
  public String id() {
    return deletes.stream()
        .map(ForeignPart::key)
        .sorted()
        .collect(
            Collectors.joining(
                ",", "%s#%d-%d without [".formatted(location, range.from(), range.to()), "]"));
  }

  /** What names a delete file: an object of deletion vectors has several. */
  public static String key(DeleteFile file) {
    return file.contentOffset() == null
        ? file.location()
        : file.location() + "#" + file.contentOffset();
  }
}
