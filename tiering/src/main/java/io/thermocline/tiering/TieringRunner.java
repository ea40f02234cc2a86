package io.thermocline.tiering;

import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the threads and the turns: one thread that looks who is due, and as many workers as topics
 * may be worked on at a time. A topic waits for a worker at most once, so the queue is bounded by
 * the number of topics. What fails is left alone for longer each time.
 */
final class TieringRunner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TieringRunner.class);
  private static final Duration MAX_TICK = Duration.ofSeconds(1);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  /**
   * What is run.
   *
   * @param eachTick short, does no I/O on the cold tier
   * @param pass over one topic; throws when it failed
   * @param deletions goes on with deletions; whether nothing is left
   */
  record Work(Consumer<List<Topic>> eachTick, Consumer<Topic> pass, BooleanSupplier deletions) {}

  /** When something may be run again. Guarded by the runner. */
  private static final class Turn {
    private long dueNanos;
    private final Backoff backoff = new Backoff();
    private boolean taken;
  }

  private final TopicRegistry topics;
  private final Work work;
  private final Duration interval;
  private final LongSupplier nanoTime;
  private final Shutdown shutdown;
  private final Map<TopicId, Turn> turns = new HashMap<>();
  private final Turn deletionTurn = new Turn();
  private final ExecutorService workers;
  private final Thread lookout;

  private TieringRunner(
      TieringSettings settings,
      TopicRegistry topics,
      Work work,
      LongSupplier nanoTime,
      Shutdown shutdown) {
    this.topics = topics;
    this.work = work;
    this.interval = settings.checkInterval();
    this.nanoTime = nanoTime;
    this.shutdown = shutdown;
    AtomicInteger number = new AtomicInteger();
    this.workers =
        Executors.newFixedThreadPool(
            settings.concurrentTopics(), run -> daemon(run, "tiering-" + number.incrementAndGet()));
    this.lookout = daemon(this::lookOut, "tiering-lookout");
  }

  static TieringRunner start(
      TieringSettings settings,
      TopicRegistry topics,
      Work work,
      LongSupplier nanoTime,
      Shutdown shutdown) {
    TieringRunner runner = new TieringRunner(settings, topics, work, nanoTime, shutdown);
    runner.lookout.start();
    return runner;
  }

  private static Thread daemon(Runnable run, String name) {
    Thread thread = new Thread(run, name);
    thread.setDaemon(true);
    return thread;
  }

  private void lookOut() {
    Duration tick = interval.compareTo(MAX_TICK) < 0 ? interval : MAX_TICK;
    while (!shutdown.hasBegun()) {
      try {
        tick();
      } catch (RuntimeException e) {
        LOG.error("tiering could not look who is due, tried again", e);
      }
      shutdown.pause(tick);
    }
  }

  private void tick() {
    List<Topic> now = topics.list();
    work.eachTick().accept(now);
    synchronized (this) {
      turns.keySet().retainAll(now.stream().map(Topic::id).collect(Collectors.toSet()));
    }
    if (!topics.deletions().isEmpty()) {
      submit(deletionTurn, "deletions", this::runDeletions);
    }
    for (Topic topic : now) {
      submit(turn(topic), topic.name(), () -> runPass(topic));
    }
  }

  private synchronized Turn turn(Topic topic) {
    return turns.computeIfAbsent(topic.id(), id -> new Turn());
  }

  private boolean runPass(Topic topic) {
    work.pass().accept(topic);
    return true;
  }

  private boolean runDeletions() {
    return work.deletions().getAsBoolean();
  }

  private void submit(Turn turn, String what, BooleanSupplier run) {
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (turn.taken || now - turn.dueNanos < 0 || !turn.backoff.isOver(now)) {
        return;
      }
      turn.taken = true;
    }
    try {
      workers.execute(() -> run(turn, what, run));
    } catch (RejectedExecutionException closing) {
      LOG.debug("closing what={}", what);
    }
  }

  private void run(Turn turn, String what, BooleanSupplier run) {
    boolean well = false;
    try {
      well = shutdown.hasBegun() || run.getAsBoolean();
    } catch (ThermoclineException e) {
      LOG.warn("tiering failed, tried again topic={} kind={}", what, e.kind(), e);
    } catch (RuntimeException e) {
      LOG.error("tiering failed, tried again topic={}", what, e);
    } finally {
      settle(turn, well);
    }
  }

  private synchronized void settle(Turn turn, boolean well) {
    long now = nanoTime.getAsLong();
    turn.dueNanos = now;
    if (well) {
      turn.backoff.succeeded();
      turn.dueNanos += interval.toNanos();
    } else {
      turn.backoff.failed(now);
    }
    turn.taken = false;
  }

  /** Lets what is under way come to its next stop; what hangs in I/O is left to end by itself. */
  @Override
  public void close() {
    shutdown.begin();
    workers.shutdown();
    try {
      if (!workers.awaitTermination(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("tiering did not end within {}: it goes on in the background", CLOSE_PATIENCE);
      }
      lookout.join(CLOSE_PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
