package io.thermocline.cold.table;

import io.thermocline.cold.records.TopicRecord;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicNote.Mark;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.iceberg.TableMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the warehouse's records about topics as they should be, with one request for each commit:
 * what is said of a topic between commits is written with the next one, unless it is something that
 * a topic brought back could not do without. Thread-safe; calls for one topic wait for each other.
 *
 * <p>Rests on the record being written after the commit and before anything is let go of for it: so
 * whatever only the table has, the record leads to.
 */
final class RecordedTopics {
  private static final Logger LOG = LoggerFactory.getLogger(RecordedTopics.class);

  /** Ends and log starts that move by themselves are not worth a request each time. */
  private static final Duration PACE = Duration.ofMinutes(10);

  /** As much as an end may run ahead of the record: far less than a recovery leaves out. */
  private static final long END_SLACK = 1L << 36;

  private final TopicRecords records;
  private final LongSupplier epoch;
  private final UUID cluster;
  private final InstantSource clock;
  private final Map<TopicId, Kept> kept = new ConcurrentHashMap<>();

  /** What is known of one topic's record. Guarded by itself. */
  private static final class Kept {
    /** As it is stored; null before the first look. */
    private Optional<TopicRecord> stored;

    /** What was said last; null when nothing was. */
    private TopicNote note;
  }

  /**
   * @param epoch with which this process claimed the warehouse; does no I/O once it did
   */
  RecordedTopics(TopicRecords records, LongSupplier epoch, UUID cluster, InstantSource clock) {
    this.records = records;
    this.epoch = epoch;
    this.cluster = cluster;
    this.clock = clock;
  }

  /** Takes note; writes it when it can't wait for the next commit. */
  void note(TopicNote note, TopicTable table) {
    Kept mine = kept(note.topic().id());
    synchronized (mine) {
      Optional<TopicRecord> before = stored(mine, note.topic().id());
      mine.note = note;
      if (isDue(note, before)) {
        write(mine, table.view());
      }
    }
  }

  private boolean isDue(TopicNote note, Optional<TopicRecord> before) {
    if (before.isEmpty() || before.get().epoch() != epoch.getAsLong()) {
      return true;
    }
    TopicNote written = before.get().note();
    if (!written.topic().equals(note.topic()) || !written.settings().equals(note.settings())) {
      return true;
    }
    Instant now = clock.instant();
    Instant then = before.get().writtenAt();
    boolean paced = now.isBefore(then) || !now.isBefore(then.plus(PACE));
    return note.marks().entrySet().stream()
        .anyMatch(mark -> isDue(mark.getValue(), written.mark(mark.getKey()), paced));
  }

  private static boolean isDue(Mark now, Mark written, boolean paced) {
    return now.epoch() != written.epoch()
        || now.fence() != written.fence()
        || now.end() - written.end() > END_SLACK
        || (paced && (now.logStart() > written.logStart() || now.end() > written.end()));
  }

  /** Makes sure that the record leads to the table as it was last seen. */
  void point(TopicTable table) {
    Kept mine = kept(table.topic());
    synchronized (mine) {
      Optional<TableView> view = table.lastKnown();
      Optional<TopicRecord.Pointer> pointer = view.flatMap(RecordedTopics::pointer);
      if (pointer.isEmpty()) {
        return;
      }
      Optional<TopicRecord> before = stored(mine, table.topic());
      if (before.isEmpty()
          || before.get().epoch() != epoch.getAsLong()
          || !before.get().table().equals(pointer)) {
        write(mine, view);
      }
    }
  }

  /**
   * Writes that a topic is deleted, and forgets what is kept of it in memory; of one without a
   * table nothing needs to be known then. Where its record is damaged the table tells.
   */
  void deleted(TopicTable table, TopicRecord.Deletion how) {
    Kept mine = kept(table.topic());
    synchronized (mine) {
      Optional<TopicRecord> before = stored(mine, table.topic());
      Optional<TableView> view = table.lastKnown();
      if (before.isEmpty() && view.isEmpty() && how == TopicRecord.Deletion.KEEP) {
        view = table.exclusively(access -> access.metadataOfOurs().flatMap(ours -> access.look()));
      }
      Optional<TopicRecord> last =
          before.isEmpty() && view.isEmpty() ? before : Optional.of(latest(mine, view));
      if (last.flatMap(TopicRecord::table).isEmpty()) {
        forget(table.topic());
      } else if (!last.get().deletion().equals(Optional.of(how))) {
        put(mine, last.get().deleted(how));
      }
      Kept unused = kept.remove(table.topic());
    }
  }

  /** Forgets a topic that has no table any more. */
  void forget(TopicId topic) {
    Kept mine = kept(topic);
    synchronized (mine) {
      records.remove(topic.uuid(), epoch.getAsLong());
      mine.stored = Optional.empty();
      Kept unused = kept.remove(topic);
    }
  }

  private void write(Kept mine, Optional<TableView> view) {
    put(mine, latest(mine, view));
  }

  /** All that is known now. */
  private TopicRecord latest(Kept mine, Optional<TableView> view) {
    TopicRecord record = fresh(mine, view);
    Optional<TopicRecord.Pointer> pointer = view.flatMap(RecordedTopics::pointer);
    return pointer.isEmpty() ? record : record.with(pointer.get(), reached(view.get()));
  }

  /** What is stored with what was said last; where nothing was, with what the table tells. */
  private TopicRecord fresh(Kept mine, Optional<TableView> view) {
    if (mine.stored.isPresent()) {
      return mine.note == null ? mine.stored.get() : mine.stored.get().with(mine.note);
    }
    TopicNote note = mine.note == null ? noteOf(view.orElseThrow()) : mine.note;
    return new TopicRecord(
        epoch.getAsLong(),
        cluster,
        note,
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>(),
        clock.instant());
  }

  private TopicNote noteOf(TableView view) {
    int partitions =
        view.topic().partitions().keySet().stream().mapToInt(n -> n + 1).max().orElse(1);
    return new TopicNote(
        new Topic(view.progress().topic(), partitions, clock.instant()), Map.of(), Map.of());
  }

  private void put(Kept mine, TopicRecord record) {
    TopicRecord ours =
        new TopicRecord(
            epoch.getAsLong(),
            cluster,
            record.note(),
            record.deletion(),
            record.table(),
            record.tieredTo(),
            clock.instant().truncatedTo(ChronoUnit.MILLIS));
    records.write(ours, mine.stored);
    mine.stored = Optional.of(ours);
  }

  private static Map<Integer, Long> reached(TableView view) {
    Map<Integer, Long> reached = new TreeMap<>();
    view.topic().partitions().forEach((number, part) -> reached.put(number, part.tieredTo()));
    return reached;
  }

  /** Empty when the catalog does not say which file it is at. */
  private static Optional<TopicRecord.Pointer> pointer(TableView view) {
    TableMetadata metadata = view.metadata();
    return Optional.ofNullable(metadata.metadataFileLocation())
        .map(
            file ->
                new TopicRecord.Pointer(
                    view.topic().table(),
                    metadata.location(),
                    file,
                    metadata.lastSequenceNumber()));
  }

  private Kept kept(TopicId topic) {
    return kept.computeIfAbsent(topic, id -> new Kept());
  }

  private Optional<TopicRecord> stored(Kept mine, TopicId topic) {
    if (mine.stored == null) {
      mine.stored = find(topic);
    }
    return mine.stored;
  }

  /** All that a damaged record said is known here, and is written anew. */
  private Optional<TopicRecord> find(TopicId topic) {
    try {
      return records.find(topic.uuid());
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      LOG.warn("topic record is written anew topic={} error={}", topic, e.toString());
      return Optional.empty();
    }
  }
}
