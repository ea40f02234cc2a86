package io.thermocline.hot;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Lets what a task hands in as its last act run on the task's own thread, unless somebody waits for
 * a thread: waking another one takes longer than the work, and finds cold caches. What other
 * threads hand in goes to the pool. Thread-safe.
 */
final class StayingExecutor implements Executor {
  /** What this thread does now. */
  private static final ThreadLocal<Turn> TURN = new ThreadLocal<>();

  private final Executor pool;
  private final BooleanSupplier somebodyWaits;

  /** Touched by its thread alone. */
  private static final class Turn {
    private final StayingExecutor on;
    private Runnable next;

    Turn(StayingExecutor on) {
      this.on = on;
    }
  }

  StayingExecutor(Executor pool, BooleanSupplier somebodyWaits) {
    this.pool = pool;
    this.somebodyWaits = somebodyWaits;
  }

  @Override
  public void execute(Runnable task) {
    Turn here = TURN.get();
    boolean mayStay = here != null && here.on.equals(this) && here.next == null;
    if (mayStay && !somebodyWaits.getAsBoolean()) {
      here.next = task;
    } else {
      pool.execute(() -> run(task));
    }
  }

  private void run(Runnable first) {
    Turn here = new Turn(this);
    here.next = first;
    TURN.set(here);
    try {
      while (here.next != null) {
        Runnable task = here.next;
        here.next = null;
        task.run();
      }
    } finally {
      TURN.remove();
      if (here.next != null) {
        // The task failed behind that: others must not suffer.
        execute(here.next);
      }
    }
  }
}
