package io.thermocline.cold.table;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Transaction;

/**
 * Partitions move on, with files in and files below the log start out; or small files give way to
 * larger ones.
 */
record LogChange(ColdCommit commit) implements TableChange {
  /** In a snapshot's summary: {@code <partition>:<from>-<to>} of each move. */
  static final String MOVED = "thermocline.moved";

  /** In a snapshot's summary: {@code <partition>:<from>-<to>} of each merged file. */
  static final String MERGED = "thermocline.merged";

  /** A commit of files that were all written for {@code topic} by this cold tier. */
  static LogChange of(TopicId topic, ColdCommit commit) {
    commit.files().forEach(file -> requireUploaded(topic, file));
    return new LogChange(commit);
  }

  @Override
  public UUID id() {
    return commit.id();
  }

  @Override
  public List<UploadedFile> files() {
    return commit.files().map(UploadedFile.class::cast).toList();
  }

  @Override
  public void requireFitOnNone(String table) {
    commit.moves().forEach(move -> requireFrom(table, move, 0));
    commit
        .merges()
        .forEach(merge -> requireReplaced(PartitionView.empty(merge.partition()), merge));
  }

  @Override
  public void requireFit(TableView view) {
    for (ColdCommit.Move move : commit.moves()) {
      PartitionView partition = view.requireWell(move.partition());
      requireFrom(view.topic().table(), move, partition.progress().tieredTo());
    }
    for (ColdCommit.Merge merge : commit.merges()) {
      requireReplaced(view.requireWell(merge.partition()), merge);
    }
  }

  @Override
  public TableProgress after(TableView view, long epoch) {
    return view.after(commit, epoch);
  }

  @Override
  public SnapshotUpdate<?> update(Transaction transaction, TableView view, TableProgress after) {
    return commit.merges().isEmpty() ? moves(transaction, view, after) : merges(transaction, view);
  }

  /** A snapshot that says to other engines: the same rows, in other files. */
  private SnapshotUpdate<?> merges(Transaction transaction, TableView view) {
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
          .forEach(
              file ->
                  rewrite.deleteFile(CommitAttempt.entry(view, SourceFile.of((TableFile) file))));
      rewrite.addFile(((UploadedFile) merge.merged()).entry());
    }
    rewrite.set(
        MERGED,
        commit.merges().stream()
            .map(merge -> text(merge.partition(), merge.merged().span().range()))
            .collect(Collectors.joining(",")));
    return rewrite;
  }

  private SnapshotUpdate<?> moves(Transaction transaction, TableView view, TableProgress after) {
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
      return append;
    }
    OverwriteFiles overwrite = transaction.newOverwrite();
    added.forEach(overwrite::addFile);
    dropped.forEach(file -> overwrite.deleteFile(CommitAttempt.entry(view, file)));
    overwrite.set(MOVED, moved());
    return overwrite;
  }

  private String moved() {
    return commit.moves().stream()
        .map(move -> text(move.partition(), new OffsetRange(move.from(), move.to())))
        .collect(Collectors.joining(","));
  }

  /** As it stands in a snapshot's summary. */
  static String text(int partition, OffsetRange range) {
    return "%d:%d-%d".formatted(partition, range.from(), range.to());
  }

  /** The table says that the commit was made: then what it brought must be found there. */
  @Override
  public void requireLive(TableView view) {
    for (ColdCommit.Move move : commit.moves()) {
      PartitionView partition = view.partition(move.partition());
      move.files().forEach(file -> requireLive(view, id(), file));
      if (partition.progress().tieredTo() < move.to()) {
        throw new ThermoclineException(
            ErrorKind.CORRUPT,
            "Table %s has commit %s, but partition %d is tiered to %d instead of %d"
                .formatted(
                    view.topic().table(),
                    commit.id(),
                    move.partition(),
                    partition.progress().tieredTo(),
                    move.to()));
      }
    }
    commit.merges().forEach(merge -> requireLive(view, id(), merge.merged()));
  }

  /**
   * It may have been dropped by a log start, merged with its neighbors, or rewritten by another
   * writer, since.
   */
  static void requireLive(TableView view, UUID commit, ColdFile file) {
    PartitionView partition = view.partition(file.partition());
    OffsetRange range = file.span().range();
    if (range.to() <= partition.progress().logStart() || !partition.sources().isEmpty()) {
      return;
    }
    int at = partition.indexAt(range.from());
    if (at == partition.files().size() || !holds(partition.files().get(at), file)) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "Table %s has commit %s, but not its file %s with offsets %s of partition %d"
              .formatted(view.topic().table(), commit, file.location(), range, file.partition()));
    }
  }

  private static boolean holds(LogFile live, ColdFile file) {
    OffsetRange range = file.span().range();
    return live.location().equals(file.location())
        || (live.from() <= range.from() && live.to() >= range.to() && live.rows() > file.rows());
  }

  /** What is to be replaced has to be there, one file after the other. */
  private static void requireReplaced(PartitionView partition, ColdCommit.Merge merge) {
    // What lost rows meanwhile is not what was merged.
    List<String> live =
        partition.files().stream().map(file -> file.isInLayout() ? file.location() : "").toList();
    List<String> replaced = merge.replaced().stream().map(ColdFile::location).toList();
    if (Collections.indexOfSubList(live, replaced) < 0) {
      throw new ThermoclineException(
              ErrorKind.CONFLICT,
              "Partition %d has not all of the %d files with offsets %s, from %s on, that were merged"
                  .formatted(
                      merge.partition(),
                      replaced.size(),
                      merge.merged().span().range(),
                      replaced.get(0)))
          .with(Map.of("partition", Integer.toString(merge.partition())));
    }
  }

  private static void requireFrom(String table, ColdCommit.Move move, long tieredTo) {
    if (tieredTo != move.from()) {
      throw new ThermoclineException(
              ErrorKind.CONFLICT,
              "Partition %d of table %s is tiered to %d; a commit from %d does not fit"
                  .formatted(move.partition(), table, tieredTo, move.from()))
          .with(
              Map.of(
                  "partition", Integer.toString(move.partition()),
                  "tieredTo", Long.toString(tieredTo)));
    }
  }

  private static void requireUploaded(TopicId topic, ColdFile file) {
    if (!(file instanceof UploadedFile uploaded) || !uploaded.topic().equals(topic)) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "%s can't be committed: it was not written for topic '%s' by this cold tier"
              .formatted(file.location(), topic));
    }
  }
}
