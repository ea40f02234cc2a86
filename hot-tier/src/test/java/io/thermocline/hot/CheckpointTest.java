package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.journal.JournalUser;
import io.thermocline.hot.producers.LogId;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path directory;
  private final FaultyDisk disk = new FaultyDisk();
  private Path file;
  private Checkpoint checkpoint;

  @BeforeEach
  void open() throws IOException {
    file = directory.resolve("checkpoint");
    checkpoint = Checkpoint.open(disk, file);
  }

  @Test
  void whoStoresAsksWhereTheLogsStandWhenItIsItsTurn() throws IOException {
    Gate gate = new Gate(path -> path.endsWith("checkpoint.new"));
    disk.fault = gate;
    CompletableFuture<Void> first = onAThread(() -> checkpoint.store(() -> at(1)));
    gate.awaitReached();
    AtomicBoolean asked = new AtomicBoolean();
    Thread[] waiting = new Thread[1];
    CompletableFuture<Void> second =
        onAThread(
            () -> {
              waiting[0] = Thread.currentThread();
              checkpoint.store(
                  () -> {
                    asked.set(true);
                    return at(2);
                  });
            });
    Await.until(
        "the second one waits",
        () -> waiting[0] != null && waiting[0].getState() == Thread.State.BLOCKED);
    assertThat(asked).isFalse();
    gate.open();
    Await.result(first);
    Await.result(second);
    assertThat(Checkpoint.look(disk, file)).isEqualTo(at(2));
  }

  private static Map<LogId, Checkpoint.Mark> at(long end) {
    return Map.of(new LogId(new UUID(1, 2), 0), new Checkpoint.Mark(end, 0, end, 0));
  }

  private interface Storing {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> onAThread(Storing storing) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            storing.run();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> new Thread(task, "storing").start());
  }

  @Test
  void theJournalsLockIsNotHeldWhileACheckpointIsWritten() {
    HotMetrics metrics = new HotMetrics(new SimpleMeterRegistry());
    Deque<Runnable> later = new ArrayDeque<>();
    boolean[] forced = {false};
    JournalUser user = () -> forced[0] = true;
    JournalCheckpoint journal =
        new JournalCheckpoint(
            task -> {
              // The force is done before the journal gets to hear that it was begun.
              if (forced[0]) {
                later.add(task);
              } else {
                task.run();
              }
            },
            new LogMarks(new Logs(), checkpoint, metrics),
            metrics);
    boolean[] free = {false};
    journal.begin(List.of(user), () -> free[0] = true);
    assertThat(forced[0]).isTrue();
    assertThat(free[0]).as("freed by who begins").isFalse();
    later.remove().run();
    assertThat(free[0]).isTrue();
  }
}
