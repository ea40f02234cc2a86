package io.thermocline.hot;

import io.thermocline.hot.groups.GroupOffsetsFile;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens by the clock: each second the checkpoint, a look at the disk's reserve, and the end
 * of segments that are old; and the orderly end of everything. What a start has to write again is
 * bounded by that second, and by one segment.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final long PERIOD_MILLIS = 1000;

  private final LogEnvironment env;
  private final HotThreads threads;
  private final Logs logs;
  private final GroupOffsetsFile groups;
  private final LogMarks marks;
  private final ProducerNotes producers;
  private final FoundDamage damage;
  private boolean closed;

  Upkeep(
      LogEnvironment env,
      HotThreads threads,
      Logs logs,
      GroupOffsetsFile groups,
      LogMarks marks,
      ProducerNotes producers,
      FoundDamage damage) {
    this.env = env;
    this.threads = threads;
    this.logs = logs;
    this.groups = groups;
    this.marks = marks;
    this.producers = producers;
    this.damage = damage;
  }

  void start() {
    var unused =
        threads
            .ticker()
            .scheduleWithFixedDelay(
                this::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** One round. Never throws, as there would be no next one: that tries again. */
  void tick() {
    try {
      env.reserve().look();
      logs.all().forEach(PartitionLog::tick);
      env.journal().rotate();
      marks.note();
      damage.record();
    } catch (RuntimeException | Error e) {
      env.metrics().failedChores.increment();
      LOG.warn("Upkeep failed and is tried again: next=1s", e);
    }
    try {
      producers.store(logs.all());
    } catch (IOException | RuntimeException | Error e) {
      env.metrics().failedChores.increment();
      LOG.warn("Producers could not be noted, a start reads more of the logs: next=1s", e);
    }
  }

  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    ThermoclineException why = HotThreads.closedTier();
    threads.closeTicker();
    settle(logs.close(why), "logs");
    settle(groups.close(why), "offsets of groups");
    marks.note();
    try {
      producers.store(logs.all());
      producers.close();
    } catch (IOException e) {
      LOG.warn("Producers were not noted at the end: the next start reads more of the logs", e);
    }
    try {
      env.journal().close();
    } catch (IOException e) {
      LOG.warn("Closing the journal failed: the next start reads what is left of it", e);
    }
    threads.close();
    damage.record();
    env.segments().close();
    try {
      env.directory().close();
    } catch (ThermoclineException e) {
      LOG.warn("Letting the data directory go failed: directory={}", env.directory().root(), e);
    }
  }

  private static void settle(CompletableFuture<Void> closing, String what) {
    try {
      Waiting.on(closing);
    } catch (RuntimeException e) {
      LOG.warn("Closing failed: what={}", what, e);
    }
  }
}
