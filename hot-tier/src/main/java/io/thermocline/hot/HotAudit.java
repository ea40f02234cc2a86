package io.thermocline.hot;

import io.thermocline.hot.Metadata.PartitionEntry;
import io.thermocline.hot.Metadata.TopicEntry;
import io.thermocline.hot.audit.AuditTotals;
import io.thermocline.hot.audit.AuditedLog;
import io.thermocline.hot.audit.HotAuditReport;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.producers.KnownProducers;
import io.thermocline.hot.producers.LogKey;
import io.thermocline.hot.producers.ProducersFile;
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
 * Audits the directory of a hot tier that nobody runs: the metadata, the checkpoint, every byte of
 * every segment, the indexes, the groups' offsets. It judges as a start would, reads everything and
 * changes nothing. Used once.
 */
public final class HotAudit {
  private static final int UUID_CHARACTERS = 36;

  private final Disk disk = new LocalDisk();
  private final DataDirectory directory;
  private final AuditFinding.Sink sink;
  private final List<AuditedLog> logs = new ArrayList<>();
  private AuditTotals totals = AuditTotals.NONE;
  private Map<LogId, Checkpoint.Mark> marks = Map.of();
  private Map<LogKey, KnownProducers> producers = Map.of();

  private HotAudit(DataDirectory directory, AuditFinding.Sink sink) {
    this.directory = directory;
    this.sink = sink;
  }

  /**
   * Audits {@code root}, and holds it meanwhile: no tier can open it.
   *
   * @param sink told what is wrong, as it is found
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when a tier has the
   *     directory open, when it is no hot tier's, or when it can't be read
   */
  public static HotAuditReport run(Path root, AuditFinding.Sink sink) {
    Disk disk = new LocalDisk();
    if (!disk.exists(root.resolve("metadata")) && !disk.exists(root.resolve("topics"))) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "%s is no hot tier's directory: it has neither metadata nor topics".formatted(root));
    }
    try (DataDirectory directory = DataDirectory.look(root)) {
      return new HotAudit(directory, sink).run();
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Data directory %s can't be read: %s".formatted(root, e),
          e);
    }
  }

  private HotAuditReport run() throws IOException {
    Optional<Metadata> metadata = metadata();
    marks = checkpoint();
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

  private Map<LogKey, KnownProducers> producers() throws IOException {
    ProducersFile.Content content = ProducersFile.look(disk, directory.producers());
    if (content.unsoundBytes() > 0) {
      sink.note(
          directory.producers().toString(),
          "%d bytes are not sound: the next start reads the logs instead"
              .formatted(content.unsoundBytes()));
    }
    return content.known();
  }

  private long notedTo(TopicPartition id) {
    KnownProducers known = producers.get(LogId.of(id).producersKey());
    return known == null ? 0 : known.end();
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
    Optional<Checkpoint.Mark> mark = Optional.ofNullable(marks.get(LogId.of(id)));
    AuditedLog log = new LogAudit(disk, place, id, entry, mark, notedTo(id), sink).run();
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
