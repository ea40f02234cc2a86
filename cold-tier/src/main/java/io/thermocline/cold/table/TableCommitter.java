package io.thermocline.cold.table;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
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
    return commit(table, LogChange.of(table.topic(), commit));
  }

  /** Makes {@code change}, likewise. */
  ColdTopic commit(TopicTable table, TableChange change) {
    return table.exclusively(access -> commit(access, change));
  }

  private ColdTopic commit(TopicTable.Access access, TableChange commit) {
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
      TopicTable.Access access, TableChange commit, boolean first, boolean last) {
    long epoch = owner.epoch();
    Optional<TableView> found = access.look();
    if (found.isEmpty()) {
      TopicId topic = access.table().topic();
      commit.requireFitOnNone(catalog.tableName(topic));
      catalog.create(topic, TableProgress.none(topic, epoch));
      return Optional.empty();
    }
    TableView view = found.get();
    if (CommitAttempt.isIn(view, commit.id())) {
      commit.requireLive(view);
      return Optional.of(view.topic());
    }
    requireOwner(view, epoch);
    commit.requireFit(view);
    commit.files().forEach(file -> requireInside(view, file));
    if (last) {
      return Optional.empty();
    }
    if (first) {
      commit.files().forEach(uploads::require);
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

  private static void requireOwner(TableView view, long epoch) {
    if (view.progress().ownerEpoch() > epoch) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Table %s was written by owner epoch %d; this process has epoch %d and is owner no more"
              .formatted(view.topic().table(), view.progress().ownerEpoch(), epoch));
    }
  }

  private static void requireInside(TableView view, UploadedFile file) {
    if (!file.location().startsWith(view.topic().location() + "/")) {
      throw new ThermoclineException(
          ErrorKind.CONFLICT,
          "%s lies outside table %s, which is at %s: it has to be written again"
              .formatted(file.location(), view.topic().table(), view.topic().location()));
    }
  }
}
