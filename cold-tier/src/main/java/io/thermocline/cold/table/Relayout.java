package io.thermocline.cold.table;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.DeleteFiles;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Transaction;

/**
 * What another writer laid out, or deleted rows of, gives way to files of ours with the same
 * records. Without a source it only notes in the progress what other writers did.
 *
 * @param source the file that goes; empty to take a note only
 * @param files those that come, one for each of its pieces
 */
record Relayout(UUID id, Optional<ForeignSource> source, List<UploadedFile> files)
    implements TableChange {
  /** In a snapshot's summary: {@code <partition>:<from>-<to>} of each file brought back. */
  static final String BROUGHT_BACK = "thermocline.brought-back";

  Relayout {
    files = List.copyOf(files);
  }

  @Override
  public void requireFitOnNone(String table) {
    throw gone(table);
  }

  private static ThermoclineException gone(String table) {
    return new ThermoclineException(
        ErrorKind.CONFLICT,
        "Table %s has not the file, with the same deletes, that was to be brought back"
            .formatted(table));
  }

  @Override
  public void requireFit(TableView view) {
    if (source.isEmpty()) {
      // What it notes of one partition, it notes of all.
      view.topic().partitions().keySet().forEach(view::requireWell);
      return;
    }
    PartitionView partition = view.requireWell(source.get().file().partition());
    if (partition.sources().stream().noneMatch(source.get()::isSame)) {
      throw gone(view.topic().table());
    }
  }

  @Override
  public void requireLive(TableView view) {
    files.forEach(file -> LogChange.requireLive(view, id, file));
  }

  @Override
  public TableProgress after(TableView view, long epoch) {
    TableProgress noted = view.progress().committed(id, epoch);
    return source
        .map(file -> view.partition(file.file().partition()))
        .map(
            partition ->
                noted.with(Map.of(partition.partition(), partition.without(source.get(), files))))
        .orElse(noted);
  }

  @Override
  public SnapshotUpdate<?> update(Transaction transaction, TableView view, TableProgress after) {
    if (source.isEmpty()) {
      return transaction.newAppend();
    }
    ForeignSource file = source.get();
    if (files.isEmpty()) {
      DeleteFiles delete = transaction.newDelete();
      return delete.deleteFile(CommitAttempt.entry(view, file.file()));
    }
    RewriteFiles rewrite =
        transaction
            .newRewrite()
            .validateFromSnapshot(view.metadata().currentSnapshot().snapshotId());
    rewrite.deleteFile(CommitAttempt.entry(view, file.file()));
    file.ownDeletes().forEach(rewrite::deleteFile);
    files.forEach(uploaded -> rewrite.addFile(uploaded.entry()));
    return rewrite.set(
        BROUGHT_BACK,
        files.stream()
            .map(uploaded -> LogChange.text(uploaded.partition(), uploaded.span().range()))
            .collect(Collectors.joining(",")));
  }
}
