package io.thermocline.testkit.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A pool of a bounded number of threads of a {@link Schedule}, each there while it has something to
 * do. What is to be done by the clock is never done: a scenario does it when it wants. A task that
 * throws fails the run.
 */
public final class ScheduledPool extends AbstractExecutorService
    implements ScheduledExecutorService {
  private final String name;
  private final int threads;
  private final Queue<Runnable> tasks;
  private int running;
  private int started;
  private boolean shutdown;

  /** A pool that takes as many tasks as come. */
  public ScheduledPool(String name, int threads) {
    this(name, threads, new ArrayDeque<>());
  }

  /**
   * A pool with a queue that others look at, too.
   *
   * @param tasks what waits for a thread; a task that finds no place there is rejected
   */
  public ScheduledPool(String name, int threads, Queue<Runnable> tasks) {
    this.name = name;
    this.threads = threads;
    this.tasks = tasks;
  }

  @Override
  public void execute(Runnable task) {
    if (shutdown) {
      throw new RejectedExecutionException(name + " is shut down");
    }
    if (running < threads) {
      running++;
      Schedule.goHere(name + "-" + ++started, () -> work(task));
    } else if (!tasks.offer(task)) {
      throw new RejectedExecutionException(name + " has no room for another task");
    }
  }

  private void work(Runnable first) {
    for (Runnable task = first; task != null; task = tasks.poll()) {
      task.run();
      Schedule.point();
    }
    running--;
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    List<Runnable> left = new ArrayList<>(tasks);
    tasks.clear();
    return left;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && running == 0 && tasks.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    Schedule.await("the end of pool " + name, this::isTerminated);
    return true;
  }

  /** Its time never comes. */
  private static final class Never<V> extends CompletableFuture<V> implements ScheduledFuture<V> {
    @Override
    public long getDelay(TimeUnit unit) {
      return Long.MAX_VALUE;
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return new Never<Void>();
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    return new Never<>();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    return new Never<Void>();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    return new Never<Void>();
  }
}
