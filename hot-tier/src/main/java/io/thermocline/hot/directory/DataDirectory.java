package io.thermocline.hot.directory;

import io.thermocline.hot.disk.Disk;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Where everything lies, held by one process at a time:
 *
 * <pre>
 *   lock                                    held while in use; has the process id
 *   metadata                                {@link MetadataFile}
 *   checkpoint                              {@link Checkpoint}
 *   journal-0, journal-1                    {@link io.thermocline.hot.journal.Journal}
 *   groups                                  {@link io.thermocline.hot.groups.GroupOffsetsFile}
 *   producers                               {@link io.thermocline.hot.producers.ProducersFile}
 *   topics/&lt;name&gt;-&lt;uuid&gt;/&lt;partition&gt;/
 *     &lt;base offset, 20 digits&gt;.log         batches, see {@code BatchHeader}
 *     &lt;base offset, 20 digits&gt;.index       {@code IndexFile}
 *     &lt;base offset&gt;-&lt;position&gt;-&lt;epoch&gt;.cut   bytes that recovery cut, kept for people
 * </pre>
 *
 * Names of topics are shortened to 100 characters there: file names end at 255.
 */
public final class DataDirectory implements AutoCloseable {
  private static final int MAX_NAME_CHARACTERS = 100;

  private final Path root;
  private final Optional<FileChannel> lockFile;

  private DataDirectory(Path root, Optional<FileChannel> lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /**
   * Takes the directory, making it when it is absent.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when another process holds
   *     it, or when it can't be written
   */
  public static DataDirectory take(Disk disk, Path root) {
    try {
      disk.createDirectories(root);
      Path lock = root.resolve("lock");
      if (!disk.exists(lock)) {
        disk.create(lock).close();
      }
      FileChannel channel =
          FileChannel.open(lock, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        hold(root, channel);
        return new DataDirectory(root, Optional.of(channel));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(root, "used", e);
    }
  }

  /**
   * Holds a directory for looking at it alone: nothing in it is changed, and nobody takes it
   * meanwhile. Of a copy without a lock file nothing is held.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when another process holds
   *     it, or when it can't be read
   */
  public static DataDirectory look(Path root) {
    Path lock = root.resolve("lock");
    if (!Files.exists(lock)) {
      return new DataDirectory(root, Optional.empty());
    }
    try {
      FileChannel channel = FileChannel.open(lock, StandardOpenOption.READ);
      try {
        if (!tryShared(channel)) {
          throw inUse(root);
        }
        return new DataDirectory(root, Optional.of(channel));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(root, "read", e);
    }
  }

  private static boolean tryShared(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(0, Long.MAX_VALUE, true) != null;
    } catch (OverlappingFileLockException byThisProcess) {
      return false;
    }
  }

  private static ThermoclineException inUse(Path root) throws IOException {
    String holder = Files.readString(root.resolve("lock")).strip();
    return new ThermoclineException(
        ErrorKind.FAILED_PRECONDITION,
        "Data directory %s is in use%s: one process holds it at a time. Stop that one, or use another directory"
            .formatted(root, holder.isEmpty() ? "" : " by process " + holder));
  }

  private static void hold(Path root, FileChannel channel) throws IOException {
    FileLock held;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException byThisProcess) {
      held = null;
    }
    if (held == null) {
      throw inUse(root);
    }
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    FileChannel unused = channel.truncate(0);
    int unusedCount = channel.write(ByteBuffer.wrap(pid), 0);
  }

  /** The directory itself. */
  public Path root() {
    return root;
  }

  /** Where the {@link MetadataFile} lies. */
  public Path metadata() {
    return root.resolve("metadata");
  }

  /** Where the {@link Checkpoint} lies. */
  public Path checkpoint() {
    return root.resolve("checkpoint");
  }

  /** Where the offsets of groups lie. */
  public Path groups() {
    return root.resolve("groups");
  }

  /** Where the producers of all logs are noted. */
  public Path producers() {
    return root.resolve("producers");
  }

  /** Where the directories of the topics lie. */
  public Path topics() {
    return root.resolve("topics");
  }

  /** Where the directories of a topic's partitions lie. */
  public Path topic(TopicId id) {
    String name = id.name();
    String shown = name.substring(0, Math.min(name.length(), MAX_NAME_CHARACTERS));
    return topics().resolve(shown + "-" + id.uuid());
  }

  /** Where the segments of a partition lie. */
  public Path partition(TopicPartition id) {
    return topic(id.topic()).resolve(Integer.toString(id.partition()));
  }

  /** What to throw when the directory can't be read: nothing happened. */
  public ThermoclineException unreadable(IOException cause) {
    return failed(root, "read", cause);
  }

  /** What to throw when the directory can't be used: nothing happened. */
  public ThermoclineException unusable(IOException cause) {
    return failed(root, "used", cause);
  }

  private static ThermoclineException failed(Path root, String what, IOException cause) {
    return new ThermoclineException(
        ErrorKind.FAILED_PRECONDITION,
        "Data directory %s can't be %s: %s. It must be a directory this user may read and may write"
            .formatted(root, what, cause),
        cause);
  }

  /**
   * Lets the directory go.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when that fails
   */
  @Override
  public void close() {
    if (lockFile.isPresent()) {
      try {
        lockFile.get().close();
      } catch (IOException e) {
        throw unusable(e);
      }
    }
  }
}
