package io.thermocline.cold.table;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes commits, each exactly once however often the catalog fails to answer.
 *
 * <pre>
 * round:  still the owner? -> look at the table
 *           no table             -> make it, next round
 *           our commit id in it  -> are its files live? done
 *           degraded             -> refused
 *           tiered-to not `from` -> fenced: CONFLICT
 *           a merged file gone   -> likewise
 *         one attempt            -> next round, whatever it said: what counts is what is read back
 * </pre>
 *
 * <p>Every exception of an attempt means "unknown", and the next round finds out. Nothing is ever
 * deleted here.
 */
final class TableCommitter {
  private static final Logger LOG = LoggerFactory.getLogger(TableCommitter.class);

  /** Making the table, a few lost replies or other writers' commits, and the last look. */
  private static final int ROUNDS = 6;

  private final OwnerCheck owner;
  private final WarehouseCatalog catalog;
  private final UploadCheck uploads;

  TableCommitter(OwnerCheck owner, WarehouseCatalog catalog, UploadCheck uploads) {
    this.owner = owner;
    this.catalog = catalog;
    this.uploads = uploads;
  }

  /** Makes sure that a file which is to be committed is still there. */
  @FunctionalInterface
  interface UploadCheck {
    /**
     * @throws ThermoclineException {@link ErrorKind#CONFLICT} when it is gone or has another size
     */
    void require(UploadedFile file);
  }

  /** Makes {@code commit}; see {@link io.thermocline.model.ColdTier#commit}. */
  ColdTopic commit(TopicTable table, ColdCommit commit) {
    commit.files().forEach(file -> requireUploaded(table.topic(), file));
    return table.exclusively(access -> commit(access, commit));
  }

  private ColdTopic commit(TopicTable.Access access, ColdCommit commit) {
    RuntimeException unknown = null;
    for (int round = 1; round <= ROUNDS; round++) {
      try {
        Optional<ColdTopic> done = round(access, commit, unknown == null, round == ROUNDS);
        if (done.isPresent()) {
          return done.get();
        }
      } catch (OutcomeUnknownException e) {
        LOG.warn(
            "commit not confirmed topic={} commit={} round={} error={}",
            access.table().topic(),
            commit.id(),
            round,
            String.valueOf(e.getCause()));
        unknown = e;
      } catch (ThermoclineException e) {
        if (unknown == null || e.kind() == ErrorKind.CONFLICT) {
          throw e;
        }
        unknown.addSuppressed(e);
      }
    }
    throw new ThermoclineException(
        ErrorKind.OUTCOME_UNKNOWN,
        "Whether commit %s is in table %s could not be found out in %d rounds; repeat the same commit"
            .formatted(commit.id(), catalog.tableName(access.table().topic()), ROUNDS),
        unknown);
  }

  /**
   * @param first whether the catalog was not asked yet
   * @param last whether it is not to be asked again
   * @return the table when the commit is in it
   */
  private Optional<ColdTopic> round(
      TopicTable.Access access, ColdCommit commit, boolean first, boolean last) {
    long epoch = owner.epoch();
    Optional<TableView> found = access.look();
    if (found.isEmpty()) {
      TopicId topic = access.table().topic();
      commit.moves().forEach(move -> requireFrom(catalog.tableName(topic), move, 0));
      commit
          .merges()
          .forEach(merge -> requireReplaced(PartitionView.empty(merge.partition()), merge));
      catalog.create(topic, TableProgress.none(topic, epoch));
      return Optional.empty();
    }
    TableView view = found.get();
    if (CommitAttempt.isIn(view, commit)) {
      requireLive(view, commit);
      return Optional.of(view.topic());
    }
    requireFit(view, commit, epoch);
    if (last) {
      return Optional.empty();
    }
    if (first) {
      commit.files().forEach(file -> uploads.require((UploadedFile) file));
    }
    try {
      new CommitAttempt(commit, view, epoch).make(access.operations());
    } catch (OutcomeUnknownException e) {
      throw e;
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't prepare commit %s".formatted(commit.id()), e);
    }
    return Optional.empty();
  }

  private static void requireUploaded(TopicId topic, ColdFile file) {
    if (!(file instanceof UploadedFile uploaded) || !uploaded.topic().equals(topic)) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "%s can't be committed: it was not written for topic '%s' by this cold tier"
              .formatted(file.location(), topic));
    }
  }

  private static void requireFit(TableView view, ColdCommit commit, long epoch) {
    if (view.progress().ownerEpoch() > epoch) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Table %s was written by owner epoch %d; this process has epoch %d and is owner no more"
              .formatted(view.topic().table(), view.progress().ownerEpoch(), epoch));
    }
    for (ColdCommit.Move move : commit.moves()) {
      PartitionView partition = requireWell(view, move.partition());
      requireFrom(view.topic().table(), move, partition.progress().tieredTo());
    }
    for (ColdCommit.Merge merge : commit.merges()) {
      requireReplaced(requireWell(view, merge.partition()), merge);
    }
    commit.files().forEach(file -> requireInside(view, file));
  }

  private static PartitionView requireWell(TableView view, int number) {
    PartitionView partition = view.partition(number);
    if (partition.problem().isPresent()) {
      throw new ThermoclineException(
              ErrorKind.CONFLICT,
              "Partition %d of table %s is degraded, nothing is committed to it: %s"
                  .formatted(number, view.topic().table(), partition.problem().get()))
          .with(Map.of("partition", Integer.toString(number)));
    }
    return partition;
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

  private static void requireInside(TableView view, ColdFile file) {
    if (!file.location().startsWith(view.topic().location() + "/")) {
      throw new ThermoclineException(
          ErrorKind.CONFLICT,
          "%s lies outside table %s, which is at %s: it has to be written again"
              .formatted(file.location(), view.topic().table(), view.topic().location()));
    }
  }

  /** The table says that the commit was made: then what it brought must be found there. */
  private static void requireLive(TableView view, ColdCommit commit) {
    for (ColdCommit.Move move : commit.moves()) {
      PartitionView partition = view.partition(move.partition());
      move.files().forEach(file -> requireLive(view, commit, file));
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
    commit.merges().forEach(merge -> requireLive(view, commit, merge.merged()));
  }

  /**
   * It may have been dropped by a log start, merged with its neighbors, or rewritten by another
   * writer, since.
   */
  private static void requireLive(TableView view, ColdCommit commit, ColdFile file) {
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
              .formatted(
                  view.topic().table(), commit.id(), file.location(), range, file.partition()));
    }
  }

  private static boolean holds(LogFile live, ColdFile file) {
    OffsetRange range = file.span().range();
    return live.location().equals(file.location())
        || (live.from() <= range.from() && live.to() >= range.to() && live.rows() > file.rows());
  }
}
