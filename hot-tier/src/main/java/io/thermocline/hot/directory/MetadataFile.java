package io.thermocline.hot.directory;

import io.thermocline.hot.directory.Metadata.DeleteIntent;
import io.thermocline.hot.directory.Metadata.PartitionEntry;
import io.thermocline.hot.directory.Metadata.TopicEntry;
import io.thermocline.hot.disk.ChecksummedFile;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.Replacement;
import io.thermocline.hot.disk.StoredUuid;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The {@link Metadata} on disk: a {@link ChecksummedFile} with magic "TCM" and a zero, version 2,
 * whose body is
 *
 * <pre>
 *   cluster UUID 16
 *   topics 4, then for each:
 *     UUID 16, name (2 bytes length, UTF-8), partition count 4, created 8 (Unix ms)
 *     deletion 1 (0 none, 1 keep cold, 2 purge cold)
 *     partitions 4, then for each: number 4, log start 8, trimmed to 8, log epoch 4,
 *       lost ranges 4, then for each: from 8, to 8; fence 8
 * </pre>
 *
 * <p>In version 1 there are no fences, and no batch has a producer's sequence. It is read, and
 * version 2 written. Thread-safe. A change is seen once it is durable.
 */
public final class MetadataFile {
  private static final int MAGIC = ('T' << 24) | ('C' << 16) | ('M' << 8);
  private static final int VERSION = 2;
  private static final int WITHOUT_FENCES = 1;

  private final ChecksummedFile file;

  /** Of the file as this start found it. */
  private final int versionFound;

  private volatile Metadata current;
  private ThermoclineException failed;

  private MetadataFile(ChecksummedFile file, Metadata current, int versionFound) {
    this.file = file;
    this.current = current;
    this.versionFound = versionFound;
  }

  /**
   * Reads the metadata, or begins with none and a new cluster id. What it finds is durable
   * afterwards: a process that was killed may have given the file its name and not forced that, and
   * a start deletes what the metadata lets go.
   */
  public static MetadataFile open(Disk disk, Path path) throws IOException {
    ChecksummedFile file = new ChecksummedFile(disk, path, MAGIC, VERSION);
    Optional<Stored> stored = file.read(Stored::read);
    if (stored.isPresent()) {
      int version = stored.get().version();
      Metadata found = stored.get().metadata();
      if (version < VERSION) {
        file.replace(out -> encode(found, out));
      } else {
        disk.forceDirectory(path.getParent());
      }
      return new MetadataFile(file, found, version);
    }
    Metadata none = Metadata.empty(UUID.randomUUID());
    file.replace(out -> encode(none, out));
    return new MetadataFile(file, none, VERSION);
  }

  /** Makes the file where there is none, durably. */
  static void create(Disk disk, Path path, Metadata metadata) throws IOException {
    new ChecksummedFile(disk, path, MAGIC, VERSION).replace(out -> encode(metadata, out));
  }

  /** Whether batches may have producers' sequences: not before a version that knew of them. */
  public boolean knowsProducers() {
    return versionFound > WITHOUT_FENCES;
  }

  /**
   * What is stored, looked at without opening it; empty when there is no such file.
   *
   * @throws ThermoclineException as {@link ChecksummedFile#read}
   */
  public static Optional<Metadata> look(Disk disk, Path path) throws IOException {
    return new ChecksummedFile(disk, path, MAGIC, VERSION).read(Stored::read).map(Stored::metadata);
  }

  /** What is durable. */
  public Metadata current() {
    return current;
  }

  /**
   * Changes the metadata, durably. Blocks for I/O.
   *
   * @param change throws to refuse; then nothing happens
   * @return the metadata afterwards
   * @throws ThermoclineException {@link ErrorKind#EXHAUSTED} when it could not be written and
   *     nothing happened; {@link ErrorKind#OUTCOME_UNKNOWN} when nobody knows what the disk has,
   *     and {@link ErrorKind#LOG_FAILED} ever after
   */
  public synchronized Metadata change(UnaryOperator<Metadata> change) {
    if (failed != null) {
      throw failed;
    }
    Metadata next = change.apply(current);
    if (next.equals(current)) {
      return current;
    }
    try {
      file.replace(out -> encode(next, out));
    } catch (Replacement.UnknownOutcomeException e) {
      failed =
          new ThermoclineException(
              ErrorKind.LOG_FAILED,
              "An earlier change of the metadata has an unknown outcome; restart the server: " + e,
              e);
      throw new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN, "The change may or may not be found after a restart: " + e, e);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED, "Metadata could not be written, nothing was changed: " + e, e);
    }
    current = next;
    return next;
  }

  /** Whether changes are possible. */
  public synchronized boolean healthy() {
    return failed == null;
  }

  private static void encode(Metadata metadata, DataOutputStream out) throws IOException {
    StoredUuid.write(metadata.clusterId(), out);
    out.writeInt(metadata.entries().size());
    for (TopicEntry entry : metadata.entries()) {
      Topic topic = entry.topic();
      StoredUuid.write(topic.id().uuid(), out);
      out.writeUTF(topic.name());
      out.writeInt(topic.partitionCount());
      out.writeLong(topic.created().toEpochMilli());
      out.writeByte(entry.deletion().map(DeleteIntent::code).orElse(0));
      out.writeInt(entry.partitions().size());
      for (Map.Entry<Integer, PartitionEntry> partition : entry.partitions().entrySet()) {
        out.writeInt(partition.getKey());
        write(partition.getValue(), out);
      }
    }
  }

  private static void write(PartitionEntry partition, DataOutputStream out) throws IOException {
    out.writeLong(partition.logStart());
    out.writeLong(partition.trimmedTo());
    out.writeInt(partition.epoch());
    out.writeInt(partition.lost().size());
    for (OffsetRange range : partition.lost()) {
      out.writeLong(range.from());
      out.writeLong(range.to());
    }
    out.writeLong(partition.fence());
  }

  /** What is in a file, and in which version. */
  private record Stored(Metadata metadata, int version) {
    static Stored read(DataInputStream in, int version) throws IOException {
      return new Stored(decode(in, version), version);
    }
  }

  private static Metadata decode(DataInputStream in, int version) throws IOException {
    UUID clusterId = StoredUuid.read(in);
    Map<String, TopicEntry> topics = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      TopicEntry entry = readTopic(in, version);
      topics.put(entry.topic().name(), entry);
    }
    return new Metadata(clusterId, topics);
  }

  private static TopicEntry readTopic(DataInputStream in, int version) throws IOException {
    UUID uuid = StoredUuid.read(in);
    TopicId id = new TopicId(uuid, in.readUTF());
    Topic topic = new Topic(id, in.readInt(), Instant.ofEpochMilli(in.readLong()));
    int deletion = in.readByte();
    Map<Integer, PartitionEntry> partitions = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      int number = in.readInt();
      partitions.put(number, readPartition(in, version));
    }
    return new TopicEntry(
        topic,
        deletion == 0 ? Optional.empty() : Optional.of(DeleteIntent.ofCode(deletion)),
        partitions);
  }

  private static PartitionEntry readPartition(DataInputStream in, int version) throws IOException {
    long logStart = in.readLong();
    long trimmedTo = in.readLong();
    int epoch = in.readInt();
    List<OffsetRange> lost = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      long from = in.readLong();
      lost.add(new OffsetRange(from, in.readLong()));
    }
    long fence = version == WITHOUT_FENCES ? 0 : in.readLong();
    return new PartitionEntry(logStart, trimmedTo, epoch, lost, fence);
  }
}
