package io.thermocline.cold.table;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.OffsetRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.UpdateProperties;

/**
 * One attempt to bring one commit into a table: files in, files below the log start out and
 * progress moved, or small files out and larger ones in, all in one snapshot and one swap of the
 * table's metadata.
 */
final class CommitAttempt {
  /** In a snapshot's summary: which commit of ours made it. */
  static final String COMMIT_ID = "thermocline.commit-id";

  /** In a snapshot's summary: {@code <partition>:<from>-<to>} of each move. */
  static final String MOVED = "thermocline.moved";

  /** In a snapshot's summary: {@code <partition>:<from>-<to>} of each merged file. */
  static final String MERGED = "thermocline.merged";

  private final ColdCommit commit;
  private final TableView view;
  private final TableProgress after;

  /**
   * @param view the table as it is; the commit fits onto it
   * @param ownerEpoch of the warehouse
   */
  CommitAttempt(ColdCommit commit, TableView view, long ownerEpoch) {
    this.commit = commit;
    this.view = view;
    this.after = view.after(commit, ownerEpoch);
  }

  /** Whether a table has the commit, be it on top or below later ones. */
  static boolean isIn(TableView view, ColdCommit commit) {
    String id = commit.id().toString();
    return view.progress().lastCommit().filter(commit.id()::equals).isPresent()
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
    addSnapshot(transaction);
    UpdateProperties properties = transaction.updateProperties();
    changedProperties().forEach(properties::set);
    properties.commit();
    transaction.commitTransaction();
  }

  private void addSnapshot(Transaction transaction) {
    if (commit.merges().isEmpty()) {
      addMoves(transaction);
    } else {
      addMerges(transaction);
    }
  }

  /** A snapshot that says to other engines: the same rows, in other files. */
  private void addMerges(Transaction transaction) {
    // The base is pinned, so there is nothing to validate before it; snapshots may be forgotten.
    RewriteFiles rewrite =
        transaction
            .newRewrite()
            .validateFromSnapshot(view.metadata().currentSnapshot().snapshotId());
    for (ColdCommit.Merge merge : commit.merges()) {
      Set<String> replaced =
          merge.replaced().stream().map(ColdFile::location).collect(Collectors.toSet());
      view.partition(merge.partition()).files().stream()
          .filter(file -> replaced.contains(file.location()))
          .forEach(file -> rewrite.deleteFile(entry(SourceFile.of((TableFile) file))));
      rewrite.addFile(((UploadedFile) merge.merged()).entry());
    }
    rewrite.set(
        MERGED,
        commit.merges().stream()
            .map(merge -> text(merge.partition(), merge.merged().span().range()))
            .collect(Collectors.joining(",")));
    commit(rewrite);
  }

  private void addMoves(Transaction transaction) {
    List<DataFile> added = new ArrayList<>();
    List<SourceFile> dropped = new ArrayList<>();
    for (ColdCommit.Move move : commit.moves()) {
      long logStart = after.partition(move.partition()).logStart();
      move.files().stream()
          .filter(file -> file.span().range().to() > logStart)
          .map(file -> ((UploadedFile) file).entry())
          .forEach(added::add);
      dropped.addAll(view.partition(move.partition()).filesBelow(logStart));
    }
    if (dropped.isEmpty()) {
      AppendFiles append = transaction.newAppend();
      added.forEach(append::appendFile);
      append.set(MOVED, moved());
      commit(append);
    } else {
      OverwriteFiles overwrite = transaction.newOverwrite();
      added.forEach(overwrite::addFile);
      dropped.forEach(file -> overwrite.deleteFile(entry(file)));
      overwrite.set(MOVED, moved());
      commit(overwrite);
    }
  }

  private String moved() {
    return commit.moves().stream()
        .map(move -> text(move.partition(), new OffsetRange(move.from(), move.to())))
        .collect(Collectors.joining(","));
  }

  private static String text(int partition, OffsetRange range) {
    return "%d:%d-%d".formatted(partition, range.from(), range.to());
  }

  private void commit(SnapshotUpdate<?> update) {
    update.set(COMMIT_ID, commit.id().toString());
    update.commit();
  }

  private Map<String, String> changedProperties() {
    Map<String, String> changed = new HashMap<>(after.toProperties());
    // Compared with what is stored: the view may know more of what other writers did.
    view.metadata().properties().forEach(changed::remove);
    return changed;
  }

  private DataFile entry(SourceFile file) {
    TableMetadata metadata = view.metadata();
    PartitionSpec spec = metadata.spec();
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
