package io.thermocline.cold.table;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.UpdateProperties;

/**
 * One attempt to bring one change into a table: files in and out and the progress with them, all in
 * one snapshot and one swap of the table's metadata.
 */
final class CommitAttempt {
  /** In a snapshot's summary: which commit of ours made it. */
  static final String COMMIT_ID = "thermocline.commit-id";

  private final TableChange change;
  private final TableView view;
  private final TableProgress after;

  /**
   * @param view the table as it is; the change fits onto it
   * @param ownerEpoch of the warehouse
   */
  CommitAttempt(TableChange change, TableView view, long ownerEpoch) {
    this.change = change;
    this.view = view;
    this.after = change.after(view, ownerEpoch);
  }

  /** Whether a table has the commit, be it on top or below later ones. */
  static boolean isIn(TableView view, UUID commit) {
    String id = commit.toString();
    return view.progress().lastCommit().filter(commit::equals).isPresent()
        || view.metadata().snapshots().stream()
            .map(Snapshot::summary)
            .filter(Objects::nonNull)
            .anyMatch(summary -> id.equals(summary.get(COMMIT_ID)));
  }

  /**
   * Makes the attempt.
   *
   * @param operations hold the view's metadata
   * @throws OutcomeUnknownException when the catalog did not confirm it; any other exception means
   *     that the catalog was not asked
   */
  void make(TableOperations operations) {
    PinnedOperations pinned = new PinnedOperations(operations);
    Transaction transaction = Transactions.newTransaction(view.topic().table(), pinned);
    SnapshotUpdate<?> update = change.update(transaction, view, after);
    update.set(COMMIT_ID, change.id().toString());
    update.commit();
    UpdateProperties properties = transaction.updateProperties();
    changedProperties().forEach(properties::set);
    properties.commit();
    transaction.commitTransaction();
  }

  private Map<String, String> changedProperties() {
    Map<String, String> changed = new HashMap<>(after.toProperties());
    view.metadata().properties().forEach(changed::remove);
    return changed;
  }

  /** A live data file of {@code view}, to be taken out. */
  static DataFile entry(TableView view, SourceFile file) {
    PartitionSpec spec = view.metadata().spec();
    return DataFiles.builder(spec)
        .withPath(file.location())
        .withFormat(FileFormat.PARQUET)
        .withPartition(partition(spec, file.partition()))
        .withFileSizeInBytes(file.bytes())
        .withRecordCount(file.rows())
        .build();
  }

  /** The partition tuple of partition {@code number}. */
  static PartitionData partition(PartitionSpec spec, int number) {
    PartitionData tuple = new PartitionData(spec.partitionType());
    tuple.set(0, number);
    return tuple;
  }
}
