package io.thermocline.server.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets a command end in order when it is interrupted from the keyboard, or told to stop. */
final class InterruptedRun {
  private static final long SECONDS_TO_END = 5;

  private final Runnable wakeUp;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::ask, "interrupted");
  private volatile boolean asked;

  InterruptedRun(Runnable wakeUp) {
    this.wakeUp = wakeUp;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  boolean isAsked() {
    return asked;
  }

  /** The command has ended. */
  void over() {
    ended.countDown();
    if (!asked) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The JVM has begun to stop just now: the hook finds that we are through.
        asked = true;
      }
    }
  }

  private void ask() {
    asked = true;
    wakeUp.run();
    try {
      if (!ended.await(SECONDS_TO_END, TimeUnit.SECONDS)) {
        Thread.currentThread().interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
