package io.thermocline.hot.journal;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.hot.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where small groups of many logs become durable together: their batches are copied into one {@link
 * Frame}, and one force makes all of them durable. Whatever is offered while a frame is being
 * forced gathers for the next.
 *
 * <p>Two {@link JournalFiles files} take turns: {@link #rotate}, or a full one, begins the next
 * turn.
 *
 * <p>What always holds, and why an entry is right however old it is:
 *
 * <ol>
 *   <li>Bytes are offered after they were written to their segment's file. So whoever forces that
 *       file afterwards has made them durable there.
 *   <li>A file is used again only after every {@link JournalUser} with bytes in it has forced its
 *       segment. So bytes are durable in the journal or in their segment, and nearly always both.
 *   <li>From one start to the next, a position of a segment is written once. So entries never
 *       disagree, and laying them over the segments is the same in any order and any number of
 *       times.
 *   <li>A start lays entries over a log's last segment only: those before it were forced before it
 *       was made. It forces that segment and then deletes both files, before anything is appended.
 *       So no entry outlives a cut, and those of trimmed segments and deleted topics find no place.
 *   <li>After a failed write or force nothing more is written here until the next start. Logs with
 *       bytes in that frame fail, as nobody knows what the disk has; others force their own files.
 * </ol>
 *
 * <p>Without room or without files, because the disk is full or a segment can't be forced, nothing
 * waits: an offer is refused and the log forces its own file. Thread-safe.
 */
public final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  private final Disk disk;
  private final Path directory;
  private final long fileBytes;
  private final LongPredicate hasRoomFor;
  private final JournalMetrics metrics;
  private final Executor executor;
  private final Checkpointer checkpointer;

  /** Guards what follows, but for {@link #buffer}. */
  private final Object lock = new Object();

  private final ArrayDeque<JournalEntry> waiting = new ArrayDeque<>();

  /** Whether a thread writes a frame, or is about to. */
  private boolean busy;

  /** Whether the files are being made, or were. */
  private boolean made;

  /** Whether they could not be made, a moment ago. */
  private boolean unmade;

  /** Null until they are made. */
  private JournalFiles files;

  /** Whether nothing is written any more. */
  private boolean ended;

  /** Used by the thread that writes a frame. */
  private ByteBuffer buffer;

  /** Makes a journal file free. */
  public interface Checkpointer {
    /**
     * Begins to force all users, without waiting for it.
     *
     * @param allForced to be called once all were forced; not at all when one could not be
     */
    void begin(List<JournalUser> users, Runnable allForced);
  }

  /**
   * A journal without files: they are made when they are missed.
   *
   * @param bytes of both files together
   * @param hasRoomFor whether the disk has room for so many bytes
   * @param executor writes the frames; two threads keep it busy
   */
  public Journal(
      Disk disk,
      Path directory,
      long bytes,
      LongPredicate hasRoomFor,
      MeterRegistry meters,
      Executor executor,
      Checkpointer checkpointer) {
    this.disk = disk;
    this.directory = directory;
    this.fileBytes = bytes / 2 / Frame.BLOCK_BYTES * Frame.BLOCK_BYTES;
    this.hasRoomFor = hasRoomFor;
    this.metrics = new JournalMetrics(meters);
    this.executor = executor;
    this.checkpointer = checkpointer;
  }

  /**
   * Takes an entry.
   *
   * @return false when it was not taken, and its log has to force its own file
   */
  public boolean offer(JournalEntry entry) {
    synchronized (lock) {
      if (ended) {
        return false;
      }
      if (files == null) {
        if (!made) {
          made = true;
          executor.execute(this::makeFiles);
        }
        return false;
      }
      if (!busy) {
        start();
      }
      waiting.add(entry);
      return true;
    }
  }

  /** When no thread can be had, whoever comes next tries again. Guarded by {@link #lock}. */
  private void start() {
    busy = true;
    try {
      executor.execute(this::writeFrame);
    } catch (RuntimeException | Error e) {
      busy = false;
      throw e;
    }
  }

  /** When that fails it is tried again after the next {@link #rotate}. */
  private void makeFiles() {
    if (!hasRoomFor.test(2 * fileBytes)) {
      LOG.warn("No room for the journal: directory={} bytes={}", directory, 2 * fileBytes);
      tryAgain();
      return;
    }
    try {
      // Here, where a lack of memory does no harm: who waits for a frame could not go on without.
      ByteBuffer memory = ByteBuffer.allocateDirect(Frame.MAX_BYTES);
      JournalFiles made = JournalFiles.make(disk, directory, fileBytes);
      if (use(made, memory)) {
        LOG.info("The journal is ready: directory={} bytes={}", directory, 2 * fileBytes);
      } else {
        made.remove();
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOG.warn("The journal could not be made: directory={}", directory, e);
      tryAgain();
    }
  }

  private void tryAgain() {
    synchronized (lock) {
      unmade = true;
    }
  }

  private boolean use(JournalFiles ready, ByteBuffer memory) {
    synchronized (lock) {
      if (!ended) {
        buffer = memory;
        files = ready;
      }
      return !ended;
    }
  }

  /** Once a second: retires the active file, unless it is empty or the other is not free yet. */
  public void rotate() {
    synchronized (lock) {
      if (unmade) {
        made = false;
        unmade = false;
      }
      if (files != null && !files.active().isEmpty() && files.hasSpare() && !ended) {
        retire();
      }
    }
  }

  private void retire() {
    checkpointer.begin(files.retire(), this::free);
  }

  private void free() {
    synchronized (lock) {
      files.free();
    }
  }

  /** Writes one frame; then another thread writes the next while this one tells the users. */
  private void writeFrame() {
    List<JournalEntry> entries = new ArrayList<>();
    boolean written;
    try {
      written = write(entries);
    } catch (IOException | RuntimeException e) {
      fail(entries, e);
      return;
    } catch (Error e) {
      fail(entries, e);
      throw e;
    }
    try {
      passOn();
    } finally {
      tell(entries, written ? JournalEntry::durable : JournalEntry::refused);
    }
  }

  /**
   * Takes what goes into the next frame, writes and forces it.
   *
   * @return false when there is no room, and what was taken is to be refused
   */
  private boolean write(List<JournalEntry> entries) throws IOException {
    JournalFile file;
    long at;
    synchronized (lock) {
      file = takeFrame(entries);
      if (file == null) {
        metrics.full(entries.size());
        return false;
      }
      at = file.take(size(entries));
      entries.stream().map(JournalEntry::user).forEach(file::usedBy);
    }
    force(entries, file, at);
    return true;
  }

  /** Tells each, whatever telling another one throws. */
  private static void tell(List<JournalEntry> entries, Consumer<JournalEntry> answer) {
    Throwable first = null;
    for (JournalEntry entry : entries) {
      try {
        answer.accept(entry);
      } catch (RuntimeException | Error e) {
        first = first == null ? e : first;
      }
    }
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException defect) {
      throw defect;
    }
  }

  /**
   * Takes what goes into the next frame.
   *
   * @return where to; null when there is no room, and what was taken is to be refused
   */
  private JournalFile takeFrame(List<JournalEntry> entries) {
    if (ended) {
      drain(entries);
      return null;
    }
    long first = Frame.HEADER_BYTES + Frame.sizeOf(waiting.element());
    if (Frame.padded(first) > files.active().room() && files.hasSpare()) {
      retire();
    }
    long room = Math.min(files.active().room(), Frame.MAX_BYTES);
    long size = Frame.HEADER_BYTES;
    while (!waiting.isEmpty() && size + Frame.sizeOf(waiting.element()) <= room) {
      size += Frame.sizeOf(waiting.element());
      entries.add(waiting.remove());
    }
    if (entries.isEmpty()) {
      drain(entries);
      return null;
    }
    return files.active();
  }

  private void drain(List<JournalEntry> entries) {
    entries.addAll(waiting);
    waiting.clear();
  }

  private static long size(List<JournalEntry> entries) {
    return Frame.HEADER_BYTES + entries.stream().mapToLong(Frame::sizeOf).sum();
  }

  private void force(List<JournalEntry> entries, JournalFile file, long at) throws IOException {
    long started = metrics.now();
    Frame.write(entries, file.id(), at, buffer);
    int size = buffer.remaining();
    file.write(buffer, at);
    metrics.forced(started, size);
  }

  /** Lets another thread write the next frame. */
  private void passOn() {
    synchronized (lock) {
      busy = false;
      if (!waiting.isEmpty()) {
        start();
      }
    }
  }

  private void fail(List<JournalEntry> entries, Throwable cause) {
    List<JournalEntry> others = new ArrayList<>();
    synchronized (lock) {
      ended = true;
      busy = false;
      drain(others);
    }
    LOG.error(
        "The journal failed and is not written until the next start: directory={} groups={}",
        directory,
        entries.size(),
        cause);
    IOException failure =
        cause instanceof IOException io ? io : new IOException("The journal failed", cause);
    try {
      tell(entries, entry -> entry.failed(failure));
    } finally {
      tell(others, JournalEntry::refused);
    }
  }

  /**
   * Ends the journal, after its last user has nothing on its way any more. Its files go when all of
   * it is durable elsewhere, and stay for the next start when not.
   */
  @Override
  public void close() throws IOException {
    JournalFiles closing;
    List<JournalUser> users = List.of();
    synchronized (lock) {
      ended = true;
      closing = files;
      if (closing != null) {
        users = closing.users();
      }
    }
    if (closing == null) {
      return;
    }
    closing.close();
    if (users.stream().allMatch(JournalUser::force)) {
      JournalFiles.delete(disk, directory);
    }
  }
}
