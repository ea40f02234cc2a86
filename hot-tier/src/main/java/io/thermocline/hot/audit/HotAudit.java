package io.thermocline.hot.audit;

import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.directory.DataDirectory;
import io.thermocline.hot.directory.JournalledBatches;
import io.thermocline.hot.directory.KnownLog;
import io.thermocline.hot.directory.Metadata;
import io.thermocline.hot.directory.Metadata.PartitionEntry;
import io.thermocline.hot.directory.Metadata.TopicEntry;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.producers.KnownProducers;
import io.thermocline.hot.producers.LogId;
import io.thermocline.hot.producers.ProducersFile;
import io.thermocline.hot.segment.Segment;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Audits the directory of a hot tier that nobody runs: the metadata, the checkpoint, the journal,
 * every byte of every segment, the indexes, what was noted of producers, the groups' offsets. It
 * judges as a start would, also of a tier that was killed: what only the journal has counts. Reads
 * everything and changes nothing. Holds the directory until it is closed: no tier can open it.
 */
public final class HotAudit implements AutoCloseable {
  private static final int UUID_CHARACTERS = 36;

  private final Disk disk = new LocalDisk();
  private final DataDirectory directory;
  private AuditFinding.Sink sink = finding -> {};
  private final List<AuditedLog> logs = new ArrayList<>();
  private AuditTotals totals = AuditTotals.NONE;
  private Map<LogId, Checkpoint.Mark> marks = Map.of();
  private Map<LogId, KnownProducers> producers = Map.of();

  private JournalledBatches journalled;

  private HotAudit(DataDirectory directory) {
    this.directory = directory;
    this.journalled = JournalledBatches.none(disk, directory);
  }

  /**
   * Takes hold of {@code root}.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when a tier has the
   *     directory open, when it is no hot tier's, or when it can't be read
   */
  public static HotAudit open(Path root) {
    Disk disk = new LocalDisk();
    if (!disk.exists(root.resolve("metadata")) && !disk.exists(root.resolve("topics"))) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "%s is no hot tier's directory: it has neither metadata nor topics".formatted(root));
    }
    return new HotAudit(DataDirectory.look(root));
  }

  /**
   * Audits it, once.
   *
   * @param findings told what is wrong, as it is found
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when the directory can't be
   *     read
   */
  public HotAuditReport run(AuditFinding.Sink findings) {
    sink = findings;
    try {
      return run();
    } catch (IOException e) {
      throw directory.unreadable(e);
    }
  }

  /** Lets the directory go. */
  @Override
  public void close() {
    directory.close();
  }

  private HotAuditReport run() throws IOException {
    Optional<Metadata> metadata = metadata();
    marks = checkpoint();
    journalled = journalled();
    producers = producers();
    List<Topic> topics = new ArrayList<>();
    if (metadata.isPresent()) {
      for (TopicEntry entry : metadata.get().entries()) {
        if (entry.deletion().isEmpty()) {
          topics.add(entry.topic());
          audit(entry);
        }
      }
      compareDirectories(metadata.get());
    } else {
      auditByName();
    }
    new GroupsAudit(disk, directory.groups(), sink).run(logs, metadata.isPresent());
    return new HotAuditReport(metadata.map(Metadata::clusterId), topics, logs, totals);
  }

  private Optional<Metadata> metadata() throws IOException {
    try {
      Optional<Metadata> stored = MetadataFile.look(disk, directory.metadata());
      if (stored.isEmpty()) {
        sink.damage(directory.metadata().toString(), "there is no metadata");
      }
      return stored;
    } catch (ThermoclineException unreadable) {
      sink.damage(directory.metadata().toString(), unreadable.getMessage());
      return Optional.empty();
    }
  }

  private Map<LogId, Checkpoint.Mark> checkpoint() throws IOException {
    try {
      return Checkpoint.look(disk, directory.checkpoint());
    } catch (ThermoclineException unreadable) {
      sink.damage(directory.checkpoint().toString(), unreadable.getMessage());
      return Map.of();
    }
  }

  private JournalledBatches journalled() throws IOException {
    try {
      JournalledBatches found =
          JournalledBatches.read(
              disk,
              directory,
              log -> Optional.ofNullable(marks.get(log)),
              torn ->
                  sink.note(
                      torn.file() + " at byte " + torn.position(),
                      "a frame of %d bytes is not whole: it was being written, or is damaged"
                          .formatted(torn.bytes())));
      if (found.logs() > 0) {
        sink.note(
            directory.root().toString(),
            "the journal has batches of %d logs, the next start lays them over their segments"
                .formatted(found.logs()));
      }
      return found;
    } catch (ThermoclineException unreadable) {
      sink.damage(directory.root().toString(), unreadable.getMessage());
      return JournalledBatches.none(disk, directory);
    }
  }

  private Map<LogId, KnownProducers> producers() throws IOException {
    ProducersFile.Content content = ProducersFile.look(disk, directory.producers());
    if (content.unsoundBytes() > 0) {
      sink.note(
          directory.producers().toString(),
          "%d bytes are not sound: the next start reads the logs instead"
              .formatted(content.unsoundBytes()));
    }
    return content.known();
  }

  private void audit(TopicEntry entry) throws IOException {
    for (TopicPartition id : entry.topic().partitions().toList()) {
      audit(directory.partition(id), id, entry.partition(id.partition()));
    }
    for (Disk.Entry file : disk.list(directory.topic(entry.topic().id()))) {
      boolean known =
          partitionNumber(file)
              .filter(number -> number < entry.topic().partitionCount())
              .isPresent();
      if (!known) {
        sink.damage(
            file.path().toString(),
            "topic %s has %d partitions and this is none of them"
                .formatted(entry.topic().name(), entry.topic().partitionCount()));
      }
    }
  }

  private void audit(Path place, TopicPartition id, PartitionEntry entry) throws IOException {
    List<Boundary> boundaries = new ArrayList<>();
    Optional<Checkpoint.Mark> mark = Optional.ofNullable(marks.get(LogId.of(id)));
    mark.ifPresent(
        m -> boundaries.add(new Boundary("checkpoint", m.end(), m.segment(), m.bytes())));
    Optional<KnownProducers> noted = Optional.ofNullable(producers.get(LogId.of(id)));
    noted.ifPresent(
        n -> boundaries.add(new Boundary("producers", n.end(), n.segment(), n.position())));
    KnownLog known =
        new KnownLog(entry, mark, noted.map(KnownProducers::end).orElse(0L), journalled.end(id));
    AuditedLog log = new LogAudit(disk, place, id, known, boundaries, journalled, sink).run();
    logs.add(log);
    totals = totals.plus(log.totals());
  }

  private static Optional<Integer> partitionNumber(Disk.Entry file) {
    boolean number = file.directory() && file.name().matches("0|[1-9][0-9]{0,8}");
    return number ? Optional.of(Integer.parseInt(file.name())) : Optional.empty();
  }

  private void compareDirectories(Metadata metadata) throws IOException {
    Set<UUID> known = new HashSet<>();
    metadata.entries().forEach(entry -> known.add(entry.topic().id().uuid()));
    for (Disk.Entry file : disk.list(directory.topics())) {
      if (topicOf(file).filter(id -> known.contains(id.uuid())).isEmpty()) {
        sink.note(file.path().toString(), "this belongs to no topic");
      }
    }
  }

  /** Without metadata the names of directories say which topics there were. */
  private void auditByName() throws IOException {
    for (Disk.Entry file : disk.list(directory.topics())) {
      Optional<TopicId> topic = topicOf(file);
      if (topic.isEmpty()) {
        continue;
      }
      for (Disk.Entry partition : disk.list(file.path())) {
        Optional<Integer> number = partitionNumber(partition);
        if (number.isPresent()) {
          long first =
              disk.list(partition.path()).stream()
                  .flatMap(segment -> Segment.baseOf(segment.name()).stream())
                  .findFirst()
                  .orElse(0L);
          audit(
              partition.path(),
              topic.get().partition(number.get()),
              new PartitionEntry(first, first, 0, List.of(), 0));
        }
      }
    }
  }

  private static Optional<TopicId> topicOf(Disk.Entry file) {
    String name = file.name();
    int dash = name.length() - UUID_CHARACTERS - 1;
    if (!file.directory() || dash < 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TopicId(UUID.fromString(name.substring(dash + 1)), name.substring(0, dash)));
    } catch (IllegalArgumentException | ThermoclineException noTopic) {
      return Optional.empty();
    }
  }
}
