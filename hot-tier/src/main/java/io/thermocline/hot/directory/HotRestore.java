package io.thermocline.hot.directory;

import io.thermocline.hot.directory.Metadata.PartitionEntry;
import io.thermocline.hot.directory.Metadata.TopicEntry;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.hot.disk.Replacement;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Makes a data directory for topics whose records lie in the cold tier alone: each partition begins
 * where it is told to, without a segment. Holds the directory until it is closed. Not thread-safe.
 */
public final class HotRestore implements AutoCloseable {
  private final Disk disk;
  private final DataDirectory directory;

  private HotRestore(Disk disk, DataDirectory directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /**
   * A topic to be made.
   *
   * @param starts where each of its partitions begins, by number
   */
  public record Restored(Topic topic, Map<Integer, Start> starts) {
    public Restored {
      starts = Map.copyOf(starts);
      for (int number : starts.keySet()) {
        if (number < 0 || number >= topic.partitionCount()) {
          throw new IllegalArgumentException(
              "Topic %s has %d partitions, not one with number %d"
                  .formatted(topic.name(), topic.partitionCount(), number));
        }
      }
    }
  }

  /**
   * Where a partition begins.
   *
   * @param logStart first readable offset
   * @param from the offset that the next record gets: hot start and end
   * @param epoch the log epoch
   * @param fence the token below which appends are refused; 0: no fence
   */
  public record Start(long logStart, long from, int epoch, long fence) {
    public Start {
      if (logStart < 0 || from < logStart || epoch < 0 || fence < 0) {
        throw new IllegalArgumentException(
            "Not a start: log start %d, from %d, epoch %d, fence %d"
                .formatted(logStart, from, epoch, fence));
      }
    }
  }

  /**
   * Takes a directory, making it when it is absent.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when another process holds
   *     it, or when it can't be written
   */
  public static HotRestore take(Path directory) {
    Disk disk = new LocalDisk();
    return new HotRestore(disk, DataDirectory.take(disk, directory));
  }

  /**
   * Whose data directory it is; empty as long as it is nobody's. What it says is durable
   * afterwards: a process that was killed may have given the metadata its name and not forced that.
   */
  public Optional<UUID> cluster() {
    try {
      Optional<Metadata> found = MetadataFile.look(disk, directory.metadata());
      if (found.isPresent()) {
        disk.forceDirectory(directory.root());
      }
      return found.map(Metadata::clusterId);
    } catch (IOException e) {
      throw directory.unusable(e);
    }
  }

  /**
   * Makes the topics, all or none of them, durably.
   *
   * @param cluster the directory's identity from now on
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when the directory has an
   *     identity already; {@link ErrorKind#OUTCOME_UNKNOWN} when the topics may have been made or
   *     not: {@link #cluster} tells
   */
  public void make(UUID cluster, List<Restored> topics) {
    if (cluster().isPresent()) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Data directory %s is in use by cluster %s".formatted(directory.root(), cluster().get()));
    }
    Map<String, TopicEntry> entries = new TreeMap<>();
    for (Restored restored : topics) {
      Map<Integer, PartitionEntry> partitions = new TreeMap<>();
      restored.starts().forEach((number, start) -> partitions.put(number, entry(start)));
      entries.put(
          restored.topic().name(), new TopicEntry(restored.topic(), Optional.empty(), partitions));
    }
    try {
      MetadataFile.create(disk, directory.metadata(), new Metadata(cluster, entries));
    } catch (Replacement.UnknownOutcomeException e) {
      throw new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN,
          "Data directory %s may have its topics or not: %s. Run the same again, it goes on"
              .formatted(directory.root(), e.getCause()),
          e);
    } catch (IOException e) {
      throw directory.unusable(e);
    }
  }

  /** A log that was trimmed up to there: it needs no file, and goes on at that offset. */
  private static PartitionEntry entry(Start start) {
    return new PartitionEntry(
        start.logStart(), start.from(), start.epoch(), List.of(), start.fence());
  }

  /** Lets the directory go. */
  @Override
  public void close() {
    directory.close();
  }
}
