package io.thermocline.hot;

import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.journal.Journal;
import io.thermocline.hot.journal.JournalUser;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees a journal file: forces the segments of all who have bytes in it, some at a time, then notes
 * in the {@link Checkpoint} that they are, then says so. A slow force holds up nothing but that.
 */
final class JournalCheckpoint implements Journal.Checkpointer {
  private static final Logger LOG = LoggerFactory.getLogger(JournalCheckpoint.class);

  private final Executor executor;
  private final Logs logs;
  private final Checkpoint checkpoint;
  private final HotMetrics metrics;

  /**
   * @param executor its threads are how many files are forced at a time
   */
  JournalCheckpoint(Executor executor, Logs logs, Checkpoint checkpoint, HotMetrics metrics) {
    this.executor = executor;
    this.logs = logs;
    this.checkpoint = checkpoint;
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
            .thenRun(
                () -> {
                  if (forces.stream().allMatch(CompletableFuture::join)) {
                    note();
                    allForced.run();
                  }
                });
  }

  private boolean force(JournalUser user) {
    long started = metrics.now();
    boolean forced = user.force();
    metrics.checkpointed(started);
    return forced;
  }

  /** Not being able to costs the next start some reading. */
  private void note() {
    try {
      checkpoint.store(logs.marks());
    } catch (IOException e) {
      metrics.failedChores.increment();
      LOG.warn("The checkpoint could not be written and is tried again", e);
    }
  }
}
