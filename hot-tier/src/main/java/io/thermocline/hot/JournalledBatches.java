package io.thermocline.hot;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.journal.JournalReplay;
import io.thermocline.hot.journal.Place;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the journal has at a start of each log, past the log's checkpoint. All of it was durable, so
 * it counts for the durable mark. Thread-safe; each log by one thread.
 */
final class JournalledBatches {
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

  static JournalledBatches read(Disk disk, DataDirectory directory, Checkpoint checkpoint)
      throws IOException {
    JournalledBatches batches = new JournalledBatches(disk, directory);
    List<JournalReplay.Entry> entries =
        batches.replay.entries(
            place -> checkpoint.mark(logOf(place)).map(mark -> liesPast(mark, place)).orElse(true));
    for (JournalReplay.Entry entry : entries) {
      batches.byLog.computeIfAbsent(logOf(entry.place()), log -> new ArrayList<>()).add(entry);
    }
    if (!entries.isEmpty()) {
      LOG.info(
          "The journal is laid over the segments: logs={} groups={}",
          batches.byLog.size(),
          entries.size());
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
  long end(TopicPartition id) {
    return of(id).stream().mapToLong(entry -> entry.place().nextOffset()).max().orElse(0);
  }

  /**
   * Lays what belongs to a log's last segment over that segment's file. Nothing is forced: what
   * lies past the checkpoint is forced anyhow before it counts. What belongs to a segment that is
   * not the last one was forced before the next one was made, or that segment is gone.
   */
  void layOver(TopicPartition id) throws IOException {
    List<JournalReplay.Entry> entries = of(id);
    OptionalLong last = entries.isEmpty() ? OptionalLong.empty() : lastSegment(id);
    if (last.isEmpty()) {
      return;
    }
    Segment segment = Segment.at(directory.partition(id), LogId.of(id), last.getAsLong());
    try (DiskFile file = disk.open(segment.file())) {
      for (JournalReplay.Entry entry : entries) {
        if (entry.place().segment() == segment.base()) {
          replay.layOver(entry, file);
        }
      }
    }
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

  /** Deletes the journal: every log's last segment was forced, with all that was laid over it. */
  void delete() throws IOException {
    replay.delete();
  }
}
