package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TieringRunnerTest {
  private static final Duration INTERVAL = Duration.ofMillis(2);

  private final MemoryTopics topics = new MemoryTopics(ManualClock.start());
  private final Map<String, AtomicInteger> passes = new ConcurrentHashMap<>();
  private final AtomicLong nanos = new AtomicLong(System.nanoTime());
  private final Shutdown shutdown = new Shutdown();
  private TieringRunner runner;

  private void start(int threads, Consumer<Topic> pass) {
    TieringSettings settings =
        new TieringSettings(
            Path.of("unused"),
            "",
            INTERVAL,
            INTERVAL,
            INTERVAL,
            TieringSettings.UNLIMITED,
            threads,
            1,
            Duration.ZERO,
            INTERVAL);
    Consumer<Topic> counted =
        topic -> {
          passes.computeIfAbsent(topic.name(), name -> new AtomicInteger()).incrementAndGet();
          pass.accept(topic);
        };
    runner =
        TieringRunner.start(
            settings,
            topics,
            new TieringRunner.Work(now -> {}, counted, () -> true),
            () -> nanos.addAndGet(INTERVAL.toNanos()),
            shutdown);
  }

  @AfterEach
  void stop() {
    runner.close();
  }

  private int passesOf(Topic topic) {
    AtomicInteger count = passes.get(topic.name());
    return count == null ? 0 : count.get();
  }

  @Test
  void eachTopicHasItsTurnsAlsoNewOnes() {
    Topic one = topics.create("one", 1);
    start(1, topic -> {});
    Await.until("one", () -> passesOf(one) > 2);
    Topic two = topics.create("two", 1);
    Await.until("two", () -> passesOf(two) > 2);
  }

  @Test
  void oneThatFailsIsLeftAloneLongerWhileOthersGoOn() {
    Topic bad = topics.create("bad", 1);
    Topic good = topics.create("good", 1);
    start(
        1,
        topic -> {
          if (topic.equals(bad)) {
            throw new ThermoclineException(ErrorKind.TRANSIENT, "injected");
          }
        });
    Await.until("good", () -> passesOf(good) > 50);
    assertThat(passesOf(bad)).isBetween(1, 10);
  }

  @Test
  void oneThatHangsTakesOneThreadOnly() {
    Topic slow = topics.create("slow", 1);
    Topic good = topics.create("good", 1);
    CountDownLatch end = new CountDownLatch(1);
    start(
        2,
        topic -> {
          if (topic.equals(slow)) {
            try {
              end.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
    Await.until("good", () -> passesOf(good) > 5 && passesOf(slow) == 1);
    end.countDown();
  }

  @Test
  void afterCloseNothingRuns() {
    Topic one = topics.create("one", 1);
    start(1, topic -> {});
    Await.until("one", () -> passesOf(one) > 0);
    runner.close();
    assertThat(shutdown.hasBegun()).isTrue();
    // A pool is over a moment before its last thread is.
    Await.until(
        "no thread is left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("tiering-")));
  }
}
