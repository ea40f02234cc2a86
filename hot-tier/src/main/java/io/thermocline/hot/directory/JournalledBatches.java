package io.thermocline.hot.directory;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.journal.JournalReplay;
import io.thermocline.hot.journal.JournalScan;
import io.thermocline.hot.journal.Place;
import io.thermocline.hot.producers.LogId;
import io.thermocline.hot.segment.Segment;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the journal has at a start of each log, past the log's checkpoint. All of it was durable, so
 * it counts for the durable mark. Thread-safe; each log by one thread.
 */
public final class JournalledBatches {
  private static final Logger LOG = LoggerFactory.getLogger(JournalledBatches.class);

  private final Disk disk;
  private final DataDirectory directory;
  private final JournalReplay replay;
  private final Map<LogId, List<JournalReplay.Entry>> byLog = new HashMap<>();

  private JournalledBatches(Disk disk, DataDirectory directory) {
    this.disk = disk;
    this.directory = directory;
    this.replay = new JournalReplay(disk, directory.root());
  }

  /** None. */
  public static JournalledBatches none(Disk disk, DataDirectory directory) {
    return new JournalledBatches(disk, directory);
  }

  /**
   * Reads the journal.
   *
   * @param marks the checkpoint
   * @param torn told of frames that are stepped over
   */
  public static JournalledBatches read(
      Disk disk,
      DataDirectory directory,
      Function<LogId, Optional<Checkpoint.Mark>> marks,
      Consumer<JournalScan.Torn> torn)
      throws IOException {
    JournalledBatches batches = new JournalledBatches(disk, directory);
    List<JournalReplay.Entry> entries =
        batches.replay.entries(
            place -> marks.apply(logOf(place)).map(mark -> liesPast(mark, place)).orElse(true),
            torn);
    for (JournalReplay.Entry entry : entries) {
      batches.byLog.computeIfAbsent(logOf(entry.place()), log -> new ArrayList<>()).add(entry);
    }
    return batches;
  }

  private static LogId logOf(Place place) {
    return new LogId(place.topic(), place.partition());
  }

  private static boolean liesPast(Checkpoint.Mark mark, Place place) {
    return place.segment() == mark.segment()
        ? place.position() >= mark.bytes()
        : place.segment() > mark.segment();
  }

  /** One past the last offset it has of a log; 0 when it has none. */
  public long end(TopicPartition id) {
    return of(id).stream().mapToLong(entry -> entry.place().nextOffset()).max().orElse(0);
  }

  /**
   * Lays what belongs to a log's last segment over that segment's file. Nothing is forced: what
   * lies past the checkpoint is forced anyhow before it counts. What belongs to a segment that is
   * not the last one was forced before the next one was made, or that segment is gone.
   */
  public void layOver(TopicPartition id) throws IOException {
    List<JournalReplay.Entry> entries = of(id);
    OptionalLong last = entries.isEmpty() ? OptionalLong.empty() : lastSegment(id);
    if (last.isEmpty()) {
      return;
    }
    Segment segment = Segment.at(directory.partition(id), id, last.getAsLong());
    try (DiskFile file = disk.open(segment.file())) {
      for (JournalReplay.Entry entry : of(id, segment)) {
        replay.layOver(entry, file);
      }
    }
  }

  /** Opens a log's last segment as {@link #layOver} would leave it, to be read. */
  public DiskFile open(TopicPartition id, Segment last) throws IOException {
    DiskFile file = disk.openToRead(last.file());
    List<JournalReplay.Entry> entries = of(id, last);
    return entries.isEmpty() ? file : replay.laidOver(entries, file);
  }

  private List<JournalReplay.Entry> of(TopicPartition id, Segment segment) {
    return of(id).stream().filter(entry -> entry.place().segment() == segment.base()).toList();
  }

  private OptionalLong lastSegment(TopicPartition id) throws IOException {
    return disk.list(directory.partition(id)).stream()
        .map(file -> Segment.baseOf(file.name()))
        .flatMap(Optional::stream)
        .mapToLong(Long::longValue)
        .max();
  }

  private List<JournalReplay.Entry> of(TopicPartition id) {
    return byLog.getOrDefault(LogId.of(id), List.of());
  }

  /** How many logs there is something of. */
  public int logs() {
    return byLog.size();
  }

  /** Deletes the journal: every log's last segment was forced, with all that was laid over it. */
  public void delete() throws IOException {
    replay.delete();
    if (!byLog.isEmpty()) {
      LOG.info("The journal was laid over the segments: logs={}", byLog.size());
    }
  }
}
