package io.thermocline.hot.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LocalDiskTest {
  private final SimulatedDisk files = new SimulatedDisk(ManualClock.start());
  private final LocalDisk disk = new LocalDisk();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  @Test
  void aSlowForceOfADirectoryHoldsUpNobodyElse() throws Exception {
    Await.result(making("/data/known"));
    holdUpTheFirstForceOf("/data/slow");
    CompletableFuture<Void> slow = making("/data/slow/a");
    reached.await();
    Await.result(making("/data/known"));
    Await.result(making("/data/other/b"));
    assertThat(slow).isNotDone();
    opened.countDown();
    Await.result(slow);
  }

  @Test
  void whoFindsADirectoryThatAnotherMakesReturnsWhenItIsDurable() throws Exception {
    Await.result(making("/data"));
    holdUpTheFirstForceOf("/data");
    CompletableFuture<Void> slow = making("/data/both");
    reached.await();
    Await.result(making("/data/both"));
    assertThat(slow).isNotDone();
    assertThat(Files.isDirectory(files.cut().forcedOnly().getPath("/data/both"))).isTrue();
    opened.countDown();
    Await.result(slow);
  }

  private CompletableFuture<Void> making(String directory) {
    Path path = files.getPath(directory);
    return CompletableFuture.runAsync(
        () -> {
          try {
            disk.createDirectories(path);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> new Thread(task, "maker").start());
  }

  private void holdUpTheFirstForceOf(String directory) {
    AtomicBoolean held = new AtomicBoolean();
    files.fault(
        (op, path) -> {
          if (op == DiskOp.FORCE_DIRECTORY
              && path.toString().equals(directory)
              && held.compareAndSet(false, true)) {
            reached.countDown();
            try {
              opened.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
  }
}
