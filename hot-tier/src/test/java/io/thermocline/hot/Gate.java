package io.thermocline.hot;

import io.thermocline.testkit.Await;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Holds up the forces of some files until it is opened. */
final class Gate implements FaultyDisk.Fault {
  private final Predicate<Path> files;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  Gate(Predicate<Path> files) {
    this.files = files;
  }

  @Override
  public void before(FaultyDisk.Op op, Path path) {
    if (op == FaultyDisk.Op.FORCE && files.test(path)) {
      reached.countDown();
      await(opened);
    }
  }

  /** Waits until a force is held up. */
  void awaitReached() {
    await(reached);
  }

  void open() {
    opened.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(Await.DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("The gate was not reached or not opened");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
