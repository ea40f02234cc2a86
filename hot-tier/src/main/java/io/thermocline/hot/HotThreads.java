package io.thermocline.hot;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All threads of the hot tier. They are never interrupted: that would close the files they work on.
 */
final class HotThreads {
  private static final int MAX_WAITING_READS = 4096;
  private static final int CHORE_THREADS = 2;

  /** One writes a frame while the other tells the logs of the frame before. */
  private static final int JOURNAL_THREADS = 2;

  /** Few: what they force is durable already, and appends need the disk too. */
  private static final int CHECKPOINT_THREADS = 2;

  private static final long IDLE_SECONDS = 30;

  /** One task for each busy log at most: bounded by the number of partitions. */
  private final ExecutorService writerPool;

  private final Executor writers;

  /** One task for each journal frame. */
  private final ExecutorService journal;

  /** One task for each log at most: bounded by the number of partitions. */
  private final ExecutorService checkpoints;

  private final ExecutorService readers;
  private final ExecutorService chores;
  private final ScheduledExecutorService ticker;
  private volatile boolean closed;

  /** Where the threads come from. */
  interface Source {
    /**
     * A pool.
     *
     * @param queue what waits for a thread; a task that finds no place there is rejected
     */
    ExecutorService pool(String name, int threads, BlockingQueue<Runnable> queue);

    /** One thread that works by the clock. */
    ScheduledExecutorService ticker(String name);
  }

  HotThreads(HotSettings settings, Source source) {
    BlockingQueue<Runnable> busyLogs = new LinkedBlockingQueue<>();
    writerPool = source.pool("write", settings.forceThreads(), busyLogs);
    writers = new StayingExecutor(writerPool, () -> !busyLogs.isEmpty());
    journal = source.pool("journal", JOURNAL_THREADS, new LinkedBlockingQueue<>());
    checkpoints = source.pool("checkpoint", CHECKPOINT_THREADS, new LinkedBlockingQueue<>());
    BlockingQueue<Runnable> reads = new ArrayBlockingQueue<>(MAX_WAITING_READS);
    readers = source.pool("read", settings.readThreads(), reads);
    BlockingQueue<Runnable> waitingChores = new ArrayBlockingQueue<>(MAX_WAITING_READS);
    chores = source.pool("chore", CHORE_THREADS, waitingChores);
    ticker = source.ticker("tick");
  }

  /** Threads of their own, which end when they are idle. */
  static HotThreads of(HotSettings settings) {
    return new HotThreads(
        settings,
        new Source() {
          @Override
          public ExecutorService pool(String name, int threads, BlockingQueue<Runnable> queue) {
            ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                    threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, queue, named(name));
            pool.allowCoreThreadTimeOut(true);
            return pool;
          }

          @Override
          public ScheduledExecutorService ticker(String name) {
            return new ScheduledThreadPoolExecutor(1, named(name));
          }
        });
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "hot-" + name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Writes and forces files. */
  Executor writers() {
    return writers;
  }

  /** Writes and forces the journal. */
  ExecutorService journal() {
    return journal;
  }

  /** Forces segments whose batches are durable in the journal. */
  ExecutorService checkpoints() {
    return checkpoints;
  }

  /** Reads for callers. */
  ExecutorService readers() {
    return readers;
  }

  /** Trims, deletes, changes metadata. */
  ExecutorService chores() {
    return chores;
  }

  /** Has one thread. */
  ScheduledExecutorService ticker() {
    return ticker;
  }

  /** Why a pool did not take a task. */
  ThermoclineException refusal() {
    return closed
        ? closedTier()
        : new ThermoclineException(
            ErrorKind.EXHAUSTED,
            MAX_WAITING_READS + " requests wait for the disk already: slow down");
  }

  static ThermoclineException closedTier() {
    return new ThermoclineException(ErrorKind.TRANSIENT, "The hot tier is closed");
  }

  /** Waits for the round that is running, and lets no other begin. */
  void closeTicker() {
    ticker.shutdown();
    awaitEnd(ticker);
  }

  /** Finishes what was taken, and ends. */
  void close() {
    closed = true;
    closeTicker();
    for (ExecutorService pool : List.of(readers, chores, writerPool, journal, checkpoints)) {
      pool.shutdown();
      awaitEnd(pool);
    }
  }

  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          if (pool.awaitTermination(1, TimeUnit.MINUTES)) {
            return;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
