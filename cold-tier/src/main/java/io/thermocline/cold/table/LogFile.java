package io.thermocline.cold.table;

import io.thermocline.model.ColdFile;

/** What a table has records of a run of offsets in: a data file of ours, or a part of another. */
sealed interface LogFile extends ColdFile permits TableFile, ForeignPiece {
  /** Its name among all that is kept of files: what has another content has another one. */
  String id();

  /** Largest timestamp of its records, or a larger one. */
  long maxTimestampMillis();

  /** Iceberg's data sequence number: deletes of a later one apply to it. */
  long sequence();

  /** Size of the whole object that it lies in; its {@link #span} may be a share of that. */
  long storedBytes();

  default long from() {
    return span().range().from();
  }

  default long to() {
    return span().range().to();
  }
}
