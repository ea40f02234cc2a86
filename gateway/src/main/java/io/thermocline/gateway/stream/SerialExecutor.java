package io.thermocline.gateway.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * Runs steps one after the other, in the order they came, on threads of a shared pool: never two at
 * once, and each sees what the ones before it did. Takes at most one place in the pool's queue.
 */
public final class SerialExecutor implements Executor {
  private final Executor pool;
  private final Deque<Runnable> steps = new ArrayDeque<>();
  private boolean running;

  /** Runs its steps one after the other on {@code pool}. */
  public SerialExecutor(Executor pool) {
    this.pool = pool;
  }

  /**
   * @param step must not throw; should it do so, the pool's thread gets to know, and the steps
   *     behind it run on another
   */
  @Override
  public void execute(Runnable step) {
    synchronized (steps) {
      steps.add(step);
      if (running) {
        return;
      }
      running = true;
    }
    pool.execute(this::runAll);
  }

  /** Whether all steps are done. */
  public boolean isIdle() {
    synchronized (steps) {
      return !running;
    }
  }

  private void runAll() {
    boolean done = false;
    try {
      runSteps();
      done = true;
    } finally {
      if (!done) {
        pool.execute(this::runAll);
      }
    }
  }

  private void runSteps() {
    while (true) {
      Runnable step;
      synchronized (steps) {
        step = steps.poll();
        if (step == null) {
          running = false;
          return;
        }
      }
      step.run();
    }
  }
}
