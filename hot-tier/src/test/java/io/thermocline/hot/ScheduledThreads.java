package io.thermocline.hot;

import io.thermocline.testkit.schedule.ScheduledPool;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

/** Threads that take turns by a schedule. */
final class ScheduledThreads implements HotThreads.Source {
  private final ScheduledPool ticker = new ScheduledPool("tick", 1);

  @Override
  public ExecutorService pool(String name, int threads, BlockingQueue<Runnable> queue) {
    return new ScheduledPool(name, threads, queue);
  }

  @Override
  public ScheduledExecutorService ticker(String name) {
    return ticker;
  }

  /** Has the clock's thread do something; not any more when it ended. */
  void tick(Runnable round) {
    try {
      ticker.execute(round);
    } catch (RejectedExecutionException closed) {
      // As it is with a clock: no round begins after the end.
    }
  }
}
