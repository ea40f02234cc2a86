package io.thermocline.cold.table;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Transaction;

/** One change of a table that {@link TableCommitter} makes exactly once. Immutable. */
interface TableChange {
  /** Found again in the table once it is made. */
  UUID id();

  /** The files it brings. */
  List<UploadedFile> files();

  /**
   * Makes sure that it fits onto a table that is not there yet.
   *
   * @throws ThermoclineException {@link ErrorKind#CONFLICT} when it does not
   */
  void requireFitOnNone(String table);

  /**
   * Makes sure that it fits onto the table as it is.
   *
   * @throws ThermoclineException {@link ErrorKind#CONFLICT} when it does not
   */
  void requireFit(TableView view);

  /**
   * Makes sure that a table which says that the change was made has what it brought.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it has not
   */
  void requireLive(TableView view);

  /** The progress once it is made by the owner of {@code epoch}. */
  TableProgress after(TableView view, long epoch);

  /**
   * The snapshot that makes it, not committed yet.
   *
   * @param after what {@link #after} said
   */
  SnapshotUpdate<?> update(Transaction transaction, TableView view, TableProgress after);
}
