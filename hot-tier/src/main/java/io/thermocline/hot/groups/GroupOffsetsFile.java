package io.thermocline.hot.groups;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.Replacement;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.GroupOffsets;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNames;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups' places, in one file of {@link GroupEntry entries} to which each commit is appended;
 * commits that wait together share one force. It is written anew, with one entry for each group,
 * when it has grown to several times that, and at each start.
 *
 * <p>Thread-safe. One thread at a time writes.
 */
public final class GroupOffsetsFile implements GroupOffsets {
  private static final Logger LOG = LoggerFactory.getLogger(GroupOffsetsFile.class);
  private static final long MIN_COMPACTED_BYTES = 1 << 20;
  private static final int COMPACT_AT_TIMES = 4;
  private static final int MAX_GROUPS = 10_000;
  private static final int MAX_WAITING = 10_000;

  private final Disk disk;
  private final Path path;
  private final Executor executor;
  private final Consumer<TopicPartition> mustExist;
  private final Map<String, Map<TopicPartition, Long>> groups = new ConcurrentHashMap<>();

  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  /** Guards the three below. */
  private final Object lock = new Object();

  private List<Pending> waiting = new ArrayList<>();
  private boolean busy;
  private ThermoclineException refusal;

  /** These are the writing thread's. */
  private DiskFile file;

  private long position;
  private long compactAt;

  private record Pending(GroupEntry entry, CompletableFuture<Void> done) {}

  private GroupOffsetsFile(
      Disk disk, Path path, Executor executor, Consumer<TopicPartition> mustExist) {
    this.disk = disk;
    this.path = path;
    this.executor = executor;
    this.mustExist = mustExist;
  }

  /**
   * Reads what is there and writes it anew.
   *
   * @param isTopic whether offsets for a topic are to be kept
   * @param mustExist throws for a partition that does not
   */
  public static GroupOffsetsFile open(
      Disk disk,
      Path path,
      Executor executor,
      Predicate<TopicId> isTopic,
      Consumer<TopicPartition> mustExist)
      throws IOException {
    GroupOffsetsFile file = new GroupOffsetsFile(disk, path, executor, mustExist);
    if (disk.exists(path)) {
      file.load();
      file.groups.replaceAll((group, offsets) -> GroupEntry.keep(offsets, isTopic));
    }
    file.compact();
    return file;
  }

  private void load() throws IOException {
    ByteBuffer bytes;
    try (DiskFile in = disk.openToRead(path)) {
      bytes = ByteBuffer.allocate(Math.toIntExact(in.size()));
      int unused = in.read(bytes, 0);
      bytes.flip();
    }
    GroupEntry.Decoded decoded = GroupEntry.decodeAll(bytes);
    decoded.entries().forEach(entry -> entry.applyTo(groups));
    if (decoded.damagedBytes() > 0) {
      Path aside = path.resolveSibling(path.getFileName() + ".damaged");
      disk.delete(aside);
      try (DiskFile copy = disk.create(aside)) {
        copy.write(bytes.rewind(), 0);
        copy.force();
      }
      LOG.warn(
          "Offsets of groups: the last commits were not finished, or are damaged: bytes={} kept={}",
          decoded.damagedBytes(),
          aside);
    }
  }

  @Override
  public CompletableFuture<Void> commit(String group, Map<TopicPartition, Long> offsets) {
    try {
      check(group, offsets);
    } catch (ThermoclineException refused) {
      return CompletableFuture.failedFuture(refused);
    }
    return enqueue(new GroupEntry.Commit(group, Map.copyOf(offsets)));
  }

  private void check(String group, Map<TopicPartition, Long> offsets) {
    String unused = TopicNames.check(group);
    offsets.forEach(
        (partition, offset) -> {
          mustExist.accept(partition);
          if (offset < 0) {
            throw new ThermoclineException(
                ErrorKind.INVALID, "Offset %d of %s is negative".formatted(offset, partition));
          }
        });
  }

  @Override
  public Map<TopicPartition, Long> offsets(String group) {
    return groups.getOrDefault(TopicNames.check(group), Map.of());
  }

  /** Forgets a topic in all groups, durably. */
  public CompletableFuture<Void> forget(UUID topic) {
    return enqueue(new GroupEntry.Forget(topic));
  }

  private CompletableFuture<Void> enqueue(GroupEntry entry) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    synchronized (lock) {
      if (refusal != null) {
        return CompletableFuture.failedFuture(refusal);
      }
      if (waiting.size() >= MAX_WAITING) {
        return CompletableFuture.failedFuture(
            new ThermoclineException(
                ErrorKind.EXHAUSTED, MAX_WAITING + " commits of groups wait already: slow down"));
      }
      waiting.add(new Pending(entry, done));
      if (!busy) {
        busy = true;
        executor.execute(this::writeWaiting);
      }
    }
    return done;
  }

  private void writeWaiting() {
    List<Pending> taken;
    synchronized (lock) {
      taken = waiting;
      waiting = new ArrayList<>();
      if (taken.isEmpty()) {
        busy = false;
        if (refusal != null) {
          drained.complete(null);
        }
        return;
      }
    }
    try {
      write(taken);
    } catch (IOException | RuntimeException e) {
      fail(taken, e);
    } catch (Error e) {
      fail(taken, e);
      throw e;
    } finally {
      executor.execute(this::writeWaiting);
    }
  }

  private void write(List<Pending> taken) throws IOException {
    List<Pending> admitted = admit(taken);
    if (admitted.isEmpty()) {
      return;
    }
    for (Pending pending : admitted) {
      position += writeEntry(file, pending.entry(), position);
    }
    file.force();
    for (Pending pending : admitted) {
      pending.entry().applyTo(groups);
      pending.done().complete(null);
    }
    if (position > compactAt) {
      compactOrGoOn();
    }
  }

  /**
   * All but the commits of groups there is no room for, which are refused. Only the writing thread
   * makes groups, so nobody takes the room between this and the write.
   */
  private List<Pending> admit(List<Pending> taken) {
    Set<String> fresh = new HashSet<>();
    List<Pending> admitted = new ArrayList<>(taken.size());
    for (Pending pending : taken) {
      if (fits(pending.entry(), fresh)) {
        admitted.add(pending);
      } else {
        pending
            .done()
            .completeExceptionally(
                new ThermoclineException(
                    ErrorKind.EXHAUSTED,
                    "There are " + MAX_GROUPS + " groups already, that is the limit"));
      }
    }
    return admitted;
  }

  private boolean fits(GroupEntry entry, Set<String> fresh) {
    if (!(entry instanceof GroupEntry.Commit commit) || groups.containsKey(commit.group())) {
      return true;
    }
    return fresh.contains(commit.group())
        || (groups.size() + fresh.size() < MAX_GROUPS && fresh.add(commit.group()));
  }

  /** While the old file stands nothing is in doubt: commits go on in there. */
  private void compactOrGoOn() throws IOException {
    try {
      compact();
    } catch (Replacement.UnknownOutcomeException e) {
      throw e;
    } catch (IOException e) {
      compactAt = position + MIN_COMPACTED_BYTES;
      LOG.warn("Offsets of groups could not be written anew, which is tried later: {}", path, e);
    }
  }

  private void fail(List<Pending> taken, Throwable cause) {
    ThermoclineException unknown =
        new ThermoclineException(
            ErrorKind.OUTCOME_UNKNOWN, "Offsets may or may not have been stored: " + cause, cause);
    List<Pending> later;
    synchronized (lock) {
      refusal =
          new ThermoclineException(
              ErrorKind.LOG_FAILED,
              "The file of groups' offsets failed; restart the server: " + cause,
              cause);
      later = waiting;
      waiting = new ArrayList<>();
    }
    LOG.error("Offsets of groups can't be stored any more: file={}", path, cause);
    taken.forEach(pending -> pending.done().completeExceptionally(unknown));
    later.forEach(pending -> pending.done().completeExceptionally(refusal));
  }

  private static long writeEntry(DiskFile file, GroupEntry entry, long at) throws IOException {
    ByteBuffer bytes = entry.encode();
    int size = bytes.remaining();
    file.write(bytes, at);
    return size;
  }

  /** Writes the file anew, one entry a group, and puts it in the old one's place. */
  private void compact() throws IOException {
    groups.values().removeIf(Map::isEmpty);
    long[] size = new long[1];
    DiskFile next = Replacement.of(disk, path, fresh -> size[0] = writeAll(fresh));
    if (file != null) {
      closeFile();
    }
    file = next;
    position = size[0];
    compactAt = COMPACT_AT_TIMES * Math.max(MIN_COMPACTED_BYTES, position);
  }

  private long writeAll(DiskFile fresh) throws IOException {
    long at = 0;
    for (Map.Entry<String, Map<TopicPartition, Long>> group : new TreeMap<>(groups).entrySet()) {
      at += writeEntry(fresh, new GroupEntry.Commit(group.getKey(), group.getValue()), at);
    }
    return at;
  }

  /** Whether commits can be stored. */
  public boolean healthy() {
    synchronized (lock) {
      return refusal == null || refusal.kind() != ErrorKind.LOG_FAILED;
    }
  }

  /** Takes nothing more for {@code why}; completes when all that waited is stored. */
  public CompletableFuture<Void> close(ThermoclineException why) {
    synchronized (lock) {
      if (refusal == null) {
        refusal = why;
      }
      if (!busy) {
        drained.complete(null);
      }
    }
    return drained.thenRun(this::closeFile);
  }

  private void closeFile() {
    try {
      file.close();
    } catch (IOException e) {
      LOG.warn("Closing failed: file={}", path, e);
    }
  }
}
