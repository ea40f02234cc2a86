package io.thermocline.hot;

import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.DiskOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Tells by the calls of a tier on its disk which step of the journal's life it is in, before each
 * call. Can also make a checkpoint wait at the first log's file.
 */
final class JournalWatch implements DiskFault {
  private final Consumer<Step> crash;

  /** Frames of each journal file's round, and of its longest round before that. */
  private final Map<Path, Integer> frames = new HashMap<>();

  private final Map<Path, Integer> oldFrames = new HashMap<>();

  /** Files that are finished. */
  private final Set<Path> made = new HashSet<>();

  private Path active;
  private boolean starts;
  private CountDownLatch gate;
  private boolean held;

  /** What is about to happen when the crash comes. */
  enum Step {
    FILES_ARE_MADE,
    FRAME_IS_WRITTEN,
    FRAME_IS_FORCED,
    FILES_CHANGE_PLACES,
    CHECKPOINT_FORCES_A_SEGMENT,
    CHECKPOINT_IS_WRITTEN,
    CHECKPOINT_TAKES_ITS_NAME,
    FREED_FILE_IS_WRITTEN_ANEW,
    FIRST_FRAME_OF_A_ROUND_IS_FORCED,
    FRAME_BEFORE_OLDER_ONES_IS_FORCED,
    FILE_IS_FORCED_AS_THE_JOURNAL_IS_FULL,
    START_WRITES_A_TAIL,
    START_DELETES_THE_JOURNAL
  }

  /**
   * @param crash told of each step
   */
  JournalWatch(Consumer<Step> crash) {
    this.crash = crash;
  }

  /** The tier is about to be opened. */
  synchronized void starts() {
    starts = true;
  }

  /** The tier is open. */
  synchronized void started() {
    starts = false;
  }

  /** Lets no checkpoint force partition 0 until {@link #release}. */
  synchronized void hold() {
    gate = new CountDownLatch(1);
    held = false;
  }

  synchronized boolean isHeld() {
    return held;
  }

  synchronized void release() {
    if (gate != null) {
      gate.countDown();
      gate = null;
    }
  }

  @Override
  public void before(DiskOp op, Path path) throws IOException {
    CountDownLatch wait;
    synchronized (this) {
      Step step = step(op, path);
      if (step != null) {
        crash.accept(step);
      }
      wait = step == Step.CHECKPOINT_FORCES_A_SEGMENT && isOfPartition0(path) ? gate : null;
      held |= wait != null;
    }
    if (wait != null) {
      await(wait);
    }
  }

  private static boolean isOfPartition0(Path log) {
    return log.getParent().getFileName().toString().equals("0");
  }

  private static void await(CountDownLatch gate) throws IOException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted", e);
    }
  }

  private Step step(DiskOp op, Path path) {
    String name = path.equals(path.getRoot()) ? "" : path.getFileName().toString();
    if (name.startsWith("journal-")) {
      return journalStep(op, path);
    }
    if (starts) {
      return op == DiskOp.WRITE && name.endsWith(".log") ? Step.START_WRITES_A_TAIL : null;
    }
    String thread = Thread.currentThread().getName();
    if (op == DiskOp.FORCE && name.endsWith(".log")) {
      return thread.startsWith("hot-checkpoint")
          ? Step.CHECKPOINT_FORCES_A_SEGMENT
          : held ? Step.FILE_IS_FORCED_AS_THE_JOURNAL_IS_FULL : null;
    }
    if (thread.startsWith("hot-checkpoint") && name.startsWith("checkpoint")) {
      return op == DiskOp.RENAME ? Step.CHECKPOINT_TAKES_ITS_NAME : Step.CHECKPOINT_IS_WRITTEN;
    }
    return null;
  }

  private Step journalStep(DiskOp op, Path path) {
    if (starts) {
      return op == DiskOp.DELETE && Files.exists(path) ? Step.START_DELETES_THE_JOURNAL : null;
    }
    if (op == DiskOp.CREATE || op == DiskOp.DELETE) {
      made.remove(path);
      frames.put(path, 0);
      oldFrames.put(path, 0);
      return op == DiskOp.CREATE ? Step.FILES_ARE_MADE : null;
    }
    if (!made.contains(path)) {
      boolean unused = op == DiskOp.FORCE && made.add(path);
      return Step.FILES_ARE_MADE;
    }
    return op == DiskOp.WRITE ? write(path) : op == DiskOp.FORCE ? force(path) : null;
  }

  private Step write(Path path) {
    boolean changes = active != null && !path.equals(active);
    active = path;
    if (changes) {
      oldFrames.merge(path, frames.get(path), Math::max);
      frames.put(path, 0);
    }
    frames.merge(path, 1, Integer::sum);
    if (changes) {
      return oldFrames.get(path) > 0 ? Step.FREED_FILE_IS_WRITTEN_ANEW : Step.FILES_CHANGE_PLACES;
    }
    return Step.FRAME_IS_WRITTEN;
  }

  private Step force(Path path) {
    int number = frames.get(path);
    if (number >= oldFrames.get(path)) {
      return Step.FRAME_IS_FORCED;
    }
    return number == 1
        ? Step.FIRST_FRAME_OF_A_ROUND_IS_FORCED
        : Step.FRAME_BEFORE_OLDER_ONES_IS_FORCED;
  }
}
