package io.thermocline.cold.table;

import io.thermocline.model.ColdFile;
import io.thermocline.model.Span;

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
    implements ColdFile {

  @Override
  public int partition() {
    return name.partition();
  }

  long from() {
    return span.range().from();
  }

  long to() {
    return span.range().to();
  }
}
