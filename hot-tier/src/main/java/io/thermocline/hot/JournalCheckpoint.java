package io.thermocline.hot;

import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.journal.Journal;
import io.thermocline.hot.journal.JournalUser;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Frees a journal file: forces the segments of all who have bytes in it, some at a time, then notes
 * in the {@link Checkpoint} that they are, then says so. A slow force holds up nothing but that.
 */
final class JournalCheckpoint implements Journal.Checkpointer {
  private final Executor executor;
  private final LogMarks marks;
  private final HotMetrics metrics;

  /**
   * @param executor its threads are how many files are forced at a time
   */
  JournalCheckpoint(Executor executor, LogMarks marks, HotMetrics metrics) {
    this.executor = executor;
    this.marks = marks;
    this.metrics = metrics;
  }

  @Override
  public void begin(List<JournalUser> users, Runnable allForced) {
    List<CompletableFuture<Boolean>> forces =
        users.stream()
            .map(user -> CompletableFuture.supplyAsync(() -> force(user), executor))
            .toList();
    CompletableFuture<Void> unused =
        CompletableFuture.allOf(forces.toArray(CompletableFuture<?>[]::new))
            .thenRunAsync(
                // Never here, also when all is done already: the caller holds up the journal.
                () -> {
                  if (forces.stream().allMatch(CompletableFuture::join)) {
                    marks.note();
                    allForced.run();
                  }
                },
                executor);
  }

  private boolean force(JournalUser user) {
    long started = metrics.now();
    boolean forced = user.force();
    metrics.checkpointed(started);
    return forced;
  }
}
