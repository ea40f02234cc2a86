package io.thermocline.cold.table;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.Span;
import io.thermocline.model.ThermoclineException;
import java.util.ArrayList;
import java.util.List;

/**
 * A data file of ours, as its name and its manifest entry describe it.
 *
 * @param name what its path says
 * @param span its offsets, size and append times
 * @param rows number of records
 * @param location where it lies
 * @param maxTimestampMillis largest timestamp of its records
 * @param sequence Iceberg's data sequence number: deletes of a later one apply to it; 0 while it is
 *     not committed
 */
record TableFile(
    DataFileName name,
    Span span,
    long rows,
    String location,
    long maxTimestampMillis,
    long sequence)
    implements LogFile {

  /** Files of a table as this cold tier gave them out. */
  static List<TableFile> of(List<ColdFile> files) {
    List<TableFile> ours = new ArrayList<>();
    for (ColdFile file : files) {
      if (!(file instanceof TableFile known)) {
        throw new ThermoclineException(
            ErrorKind.INVALID, file.location() + " is not a file of this cold tier's tables");
      }
      ours.add(known);
    }
    return List.copyOf(ours);
  }

  @Override
  public int partition() {
    return name.partition();
  }

  @Override
  public String id() {
    return location;
  }

  @Override
  public long storedBytes() {
    return span.bytes();
  }
}
