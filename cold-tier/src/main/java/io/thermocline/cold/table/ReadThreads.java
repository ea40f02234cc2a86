package io.thermocline.cold.table;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The cold readers' own threads, so that nothing else waits for them. Those that fetch wait for the
 * store, those that decode take a core each. What waits for them is bounded by the memory that it
 * was given before.
 */
final class ReadThreads implements AutoCloseable {
  private static final long IDLE_SECONDS = 30;

  private final ExecutorService fetching;
  private final ExecutorService decoding;
  private final ExecutorService copying;

  /**
   * @param fetches at once; fewer than the store takes, so that others find it free
   */
  ReadThreads(int fetches) {
    fetching = pool("cold-fetch-", fetches);
    decoding = pool("cold-decode-", Runtime.getRuntime().availableProcessors());
    copying = pool("cold-copy-", 1);
  }

  private static ExecutorService pool(String name, int threads) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  ExecutorService fetching() {
    return fetching;
  }

  ExecutorService decoding() {
    return decoding;
  }

  /**
   * One thread, as one of other writers' files is copied at a time. Who reads such a file waits for
   * its copy here and takes no fetch's place, unless the copy had to make room since: then the
   * fetch makes it again.
   */
  ExecutorService copying() {
    return copying;
  }

  /** What runs ends by itself: an interrupt would break file I/O. */
  @Override
  public void close() {
    decoding.shutdown();
    fetching.shutdown();
    copying.shutdown();
  }
}
