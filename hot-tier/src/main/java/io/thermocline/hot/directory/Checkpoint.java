package io.thermocline.hot.directory;

import io.thermocline.hot.disk.ChecksummedFile;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.StoredUuid;
import io.thermocline.hot.producers.LogId;
import io.thermocline.model.ThermoclineException;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every log stood a moment ago: a {@link ChecksummedFile} with magic "TCC" and a zero,
 * version 1, whose body is
 *
 * <pre>
 *   logs 4, then for each:
 *     topic UUID 16, partition 4, end 8, active segment's base offset 8, its bytes 8, log epoch 4
 * </pre>
 *
 * <p>All of it was forced before it was noted: recovery never cuts below a mark, and need not look
 * at what lies before it. Thread-safe.
 */
public final class Checkpoint {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
  private static final int MAGIC = ('T' << 24) | ('C' << 16) | ('C' << 8);
  private static final int VERSION = 1;

  private final ChecksummedFile file;
  private Map<LogId, Mark> stored;

  /**
   * One log's place.
   *
   * @param end its durable end
   * @param segment base offset of its active segment
   * @param bytes durable bytes of that segment
   * @param epoch its log epoch
   */
  public record Mark(long end, long segment, long bytes, int epoch) {}

  private Checkpoint(ChecksummedFile file, Map<LogId, Mark> stored) {
    this.file = file;
    this.stored = stored;
  }

  /** Reads the checkpoint. A damaged one is as good as none: recovery then looks at more. */
  public static Checkpoint open(Disk disk, Path path) throws IOException {
    Map<LogId, Mark> marks = new HashMap<>();
    try {
      marks.putAll(look(disk, path));
    } catch (ThermoclineException damaged) {
      LOG.warn("No use of the checkpoint, active segments are read whole", damaged);
    }
    return new Checkpoint(new ChecksummedFile(disk, path, MAGIC, VERSION), marks);
  }

  /**
   * What is stored; nothing when there is no such file.
   *
   * @throws ThermoclineException as {@link ChecksummedFile#read}
   */
  public static Map<LogId, Mark> look(Disk disk, Path path) throws IOException {
    return new ChecksummedFile(disk, path, MAGIC, VERSION)
        .read((in, version) -> decode(in))
        .orElse(Map.of());
  }

  /** What is stored of a log. */
  public synchronized Optional<Mark> mark(LogId log) {
    return Optional.ofNullable(stored.get(log));
  }

  /**
   * Stores where all logs stand, unless that is what is stored.
   *
   * @param now says where; asked by one at a time, so that nothing older takes the place of newer
   */
  public synchronized void store(Supplier<Map<LogId, Mark>> now) throws IOException {
    Map<LogId, Mark> marks = now.get();
    if (marks.equals(stored)) {
      return;
    }
    file.replace(
        out -> {
          out.writeInt(marks.size());
          for (Map.Entry<LogId, Mark> each : marks.entrySet()) {
            LogId log = each.getKey();
            StoredUuid.write(log.topic(), out);
            out.writeInt(log.partition());
            Mark mark = each.getValue();
            out.writeLong(mark.end());
            out.writeLong(mark.segment());
            out.writeLong(mark.bytes());
            out.writeInt(mark.epoch());
          }
        });
    stored = Map.copyOf(marks);
  }

  private static Map<LogId, Mark> decode(DataInputStream in) throws IOException {
    Map<LogId, Mark> marks = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      UUID topic = StoredUuid.read(in);
      LogId log = new LogId(topic, in.readInt());
      long end = in.readLong();
      long segment = in.readLong();
      long bytes = in.readLong();
      marks.put(log, new Mark(end, segment, bytes, in.readInt()));
    }
    return marks;
  }
}
