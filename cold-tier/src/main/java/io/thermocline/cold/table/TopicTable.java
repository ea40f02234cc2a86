package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One topic's table as this process knows it: what it saw last, and the lock under which it looks
 * and commits. Thread-safe.
 *
 * <p>Readers never wait for a commit: while the lock is taken they go on with what was seen last.
 * That copy is the newest of ours, for whoever holds the lock replaces it before letting go.
 */
final class TopicTable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicTable.class);

  /** How soon a look that failed is tried again for a reader who can do without. */
  private static final Duration RETRY_PAUSE = Duration.ofSeconds(5);

  private final TopicId topic;
  private final WarehouseCatalog catalog;
  private final ManifestContents manifests;
  private final ForeignFiles foreign;
  private final WarehouseTraces traces;
  private final InstantSource clock;
  private final Duration maxViewAge;
  private final ReentrantLock lock = new ReentrantLock();

  /** Used under the lock only; null while no table was found. */
  private TableOperations operations;

  /**
   * Whether the catalog's word, that there is a table or that there is none, was held against the
   * warehouse. Used under the lock only.
   */
  private boolean checkedTable;

  private boolean checkedNone;

  /**
   * What the last successful look found; null before the first. Replaced under the lock, except
   * that a reader whose look failed puts off the next one: it must not undo a look that came
   * meanwhile, for what that one saw may be trimmed from the hot tier by now.
   */
  private final AtomicReference<Seen> seen = new AtomicReference<>();

  /**
   * @param view empty when there was no table
   * @param lookAgain when it is too old; moved by a failed look of a reader
   */
  private record Seen(Optional<TableView> view, Instant at, Instant lookAgain) {}

  TopicTable(
      TopicId topic,
      WarehouseCatalog catalog,
      ManifestContents manifests,
      ForeignFiles foreign,
      WarehouseTraces traces,
      InstantSource clock,
      Duration maxViewAge) {
    this.topic = topic;
    this.catalog = catalog;
    this.manifests = manifests;
    this.foreign = foreign;
    this.traces = traces;
    this.clock = clock;
    this.maxViewAge = maxViewAge;
  }

  TopicId topic() {
    return topic;
  }

  /** Whether the table under the topic's name belongs to another topic. */
  boolean isTaken() {
    lock.lock();
    try {
      return current()
          .filter(metadata -> !TableProgress.isOf(topic, metadata.properties()))
          .isPresent();
    } finally {
      lock.unlock();
    }
  }

  /** What the last successful look found, without I/O; empty before the first. */
  Optional<TableView> lastKnown() {
    Seen last = seen.get();
    return last == null ? Optional.empty() : last.view();
  }

  /** The table, no older than the settings allow; empty when there is none. */
  Optional<TableView> view() {
    Seen last = seen.get();
    if (last != null && isFresh(last)) {
      return last.view();
    }
    if (last == null) {
      lock.lock();
    } else if (!lock.tryLock()) {
      return last.view();
    }
    try {
      Seen latest = seen.get();
      return latest != null && !latest.equals(last) ? latest.view() : look();
    } finally {
      lock.unlock();
    }
  }

  /** The same for a reader: when the table can't be looked at, what was seen last still holds. */
  Optional<TableView> viewForReading() {
    Seen last = seen.get();
    try {
      return view();
    } catch (ThermoclineException e) {
      if (last == null || e.kind() != ErrorKind.TRANSIENT) {
        throw e;
      }
      LOG.warn("table can't be looked at, reading goes on topic={} error={}", topic, e.toString());
      Seen later = new Seen(last.view(), last.at(), clock.instant().plus(RETRY_PAUSE));
      return seen.compareAndSet(last, later) ? last.view() : seen.get().view();
    }
  }

  /**
   * Runs {@code work} while nobody else looks at the table, commits to it or deletes from it. The
   * copy in memory is what {@link Access#look} last found.
   */
  <T> T exclusively(Function<Access, T> work) {
    lock.lock();
    try {
      return work.apply(new Access());
    } finally {
      lock.unlock();
    }
  }

  /** What only the holder of the lock may do. */
  final class Access {
    private Access() {}

    /** The table as it is now. */
    Optional<TableView> look() {
      return TopicTable.this.look();
    }

    /**
     * The metadata as it is now, without a look at what it names; empty when there is no table, or
     * it is another topic's.
     */
    Optional<TableMetadata> metadataOfOurs() {
      return current().filter(metadata -> TableProgress.isOf(topic, metadata.properties()));
    }

    /** The operations, which hold the metadata of the last look that found a table. */
    TableOperations operations() {
      if (operations == null) {
        throw new IllegalStateException("No table was found for " + topic);
      }
      return operations;
    }

    TopicTable table() {
      return TopicTable.this;
    }

    /** The table is gone, as it was meant to; files that nothing named may still lie there. */
    void purged() {
      operations = null;
      Instant now = clock.instant();
      seen.set(new Seen(Optional.empty(), now, now.plus(maxViewAge)));
    }
  }

  private Optional<TableView> look() {
    Instant now = clock.instant();
    Optional<TableMetadata> metadata = current();
    check(metadata);
    Optional<TableView> found = metadata.map(this::derive);
    seen.set(new Seen(found, now, now.plus(maxViewAge)));
    return found;
  }

  /** Once each time that the catalog changes its mind: a look at a table stays one request. */
  private void check(Optional<TableMetadata> metadata) {
    String name = catalog.tableName(topic);
    if (metadata.isPresent() && (!checkedTable || isOlderThanSeen(metadata.get()))) {
      checkedTable = false;
      traces.requireNewest(name, metadata.get());
    } else if (metadata.isEmpty() && !checkedNone) {
      traces.requireNone(name, catalog.location(topic));
    }
    checkedTable = metadata.isPresent();
    checkedNone = metadata.isEmpty();
  }

  private boolean isOlderThanSeen(TableMetadata metadata) {
    return lastKnown()
        .map(view -> metadata.lastSequenceNumber() < view.metadata().lastSequenceNumber())
        .orElse(false);
  }

  private Optional<TableMetadata> current() {
    if (operations != null) {
      try {
        Optional<TableMetadata> refreshed = catalog.refresh(topic, operations);
        if (refreshed.isPresent()) {
          return refreshed;
        }
      } catch (ThermoclineException e) {
        if (e.kind() != ErrorKind.CORRUPT) {
          throw e;
        }
        // Perhaps another table of that name: load it anew.
      }
    }
    operations = catalog.load(topic).orElse(null);
    return Optional.ofNullable(operations).map(TableOperations::current);
  }

  private TableView derive(TableMetadata metadata) {
    Optional<TableView> last = lastKnown();
    if (last.isPresent() && last.get().isOf(metadata)) {
      return last.get();
    }
    try {
      TableView view =
          TableView.of(
              topic, catalog.tableName(topic), metadata, operations.io(), manifests, foreign);
      view.topic()
          .partitions()
          .forEach(
              (number, partition) ->
                  partition
                      .problem()
                      .ifPresent(
                          problem ->
                              LOG.error(
                                  "partition degraded topic={} partition={} problem=\"{}\"",
                                  topic,
                                  number,
                                  problem)));
      return view;
    } catch (RuntimeException e) {
      throw CatalogFailures.of("Can't read table " + catalog.tableName(topic), e);
    }
  }

  private boolean isFresh(Seen last) {
    Instant now = clock.instant();
    // A clock that was set back makes no copy younger.
    return now.isBefore(last.lookAgain()) && !now.isBefore(last.at());
  }
}
