package io.thermocline.gateway;

import io.netty.channel.EventLoopGroup;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The gateway's threads. Tasks past a pool's queue are rejected. */
final class Pools implements AutoCloseable {
  private static final long END_SECONDS = 10;
  private static final int HTTP_THREADS = 64;
  private static final int ICEBERG_THREADS = 4;
  private static final int ICEBERG_QUEUE = 64;
  private static final int TABLES_THREADS = 4;

  /** Moves connections' bytes. */
  final EventLoopGroup wire;

  final ThreadPoolExecutor calls;
  final ExecutorService cold;

  /** Nothing on it asks the cold tier: producers and consumers go on while that is away. */
  final ExecutorService control;

  /** Short calls that ask the cold tier what a table is like. */
  final ExecutorService tables;

  final ExecutorService slow;

  /** Apart from the slow ones, so that statements that wait for their turn hold up none of them. */
  final ExecutorService sql;

  /** Runs audits: one at a time, and the next may come while the last one is ending. */
  final ExecutorService audit;

  /**
   * Apart from the others, so that probes are answered whatever hangs there. Without a queue: who
   * is slow to send a request has a thread to itself, and holds up nobody.
   */
  final ThreadPoolExecutor http;

  /** What engines ask over HTTP, which waits for the cold tier. */
  final ThreadPoolExecutor iceberg;

  final ScheduledExecutorService timer;

  Pools(GatewaySettings.Pools sizes) {
    wire = new ConnectionThreads();
    // Not bounded by itself: each open call has at most two tasks in it, and calls are bounded.
    calls = pool("calls", sizes.calls(), new LinkedBlockingQueue<>());
    // So it refuses only once it is closed, and what still comes then has nobody to tell.
    calls.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    cold = pool("cold", sizes.cold(), new ArrayBlockingQueue<>(sizes.queue()));
    control = pool("control", sizes.control(), new ArrayBlockingQueue<>(sizes.queue()));
    tables = pool("tables", TABLES_THREADS, new ArrayBlockingQueue<>(sizes.queue()));
    slow = pool("slow", sizes.slow(), new ArrayBlockingQueue<>(sizes.queue()));
    sql = pool("sql", sizes.statements(), new ArrayBlockingQueue<>(sizes.queue()));
    http =
        new ThreadPoolExecutor(
            0, HTTP_THREADS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), named("http"));
    iceberg = pool("iceberg", ICEBERG_THREADS, new ArrayBlockingQueue<>(ICEBERG_QUEUE));
    audit = pool("audit", 1, new ArrayBlockingQueue<>(1));
    timer = Executors.newSingleThreadScheduledExecutor(named("timer"));
  }

  private static ThreadPoolExecutor pool(String name, int threads, BlockingQueue<Runnable> queue) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, queue, named(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory named(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "gateway-" + name + "-" + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Lets what runs end, within a bound; nothing is interrupted, as that would break file I/O. */
  @Override
  public void close() {
    List<ExecutorService> all =
        List.of(timer, http, iceberg, audit, sql, slow, tables, control, cold, calls);
    all.forEach(ExecutorService::shutdown);
    var unused = wire.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    for (ExecutorService pool : all) {
      try {
        if (!pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return;
        }
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
