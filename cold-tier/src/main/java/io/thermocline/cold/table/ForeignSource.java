package io.thermocline.cold.table;

import io.thermocline.model.OffsetRange;
import java.util.List;
import org.apache.iceberg.DeleteFile;

/**
 * A live data file that is to be brought back into our layout.
 *
 * @param file what it is
 * @param isOurs whether it is a file of ours, which speaks for all offsets of its range
 * @param range the offsets it speaks for; from the first row to the last where it isn't ours
 * @param deletes that delete rows of it
 * @param pieces its offsets; none when all of its rows are deleted
 */
record ForeignSource(
    SourceFile file,
    boolean isOurs,
    OffsetRange range,
    List<DeleteFile> deletes,
    List<ForeignPiece> pieces) {
  ForeignSource {
    deletes = List.copyOf(deletes);
    pieces = List.copyOf(pieces);
  }
}
