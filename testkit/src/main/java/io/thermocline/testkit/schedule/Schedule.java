package io.thermocline.testkit.schedule;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One run of several threads, of which exactly one goes on at a time. Who that is may change at
 * each {@link #point}, and is drawn from a seed. Locks of {@link ScheduledCode} are kept here, so
 * that a thread which waits for one is known to wait; when all wait for each other the run fails
 * and says for what. Memory is as if each write were seen at once: what a missing {@code volatile}
 * alone would break is not found.
 *
 * <p>The static methods are what {@link ScheduledCode} calls; on a thread of no schedule they do
 * nothing.
 */
public final class Schedule {
  private static final ThreadLocal<Schedule> SCHEDULE = new ThreadLocal<>();
  private static final ThreadLocal<Actor> ACTOR = new ThreadLocal<>();
  private static final int MAX_POINTS = 2_000_000;
  private static final int SHOWN_CHANGES = 60;

  /** A run takes milliseconds; who does not come back from a turn waits for something unknown. */
  private static final long DEADLINE_SECONDS = 20;

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "schedule");
            thread.setDaemon(true);
            return thread;
          });

  private final long seed;
  private final Choice choice;
  private final Random uuids;
  private final List<Actor> actors = new ArrayList<>();
  private final IdentityHashMap<Object, Held> held = new IdentityHashMap<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<String> changes = new ArrayList<>();
  private boolean interleaves;
  private int points;
  private int places;
  private int changed;
  private int trace = 1;
  private volatile Actor current;
  private volatile Throwable failure;

  /** A lock. */
  private static final class Held {
    private Actor owner;
    private int times;
  }

  /** Unwinds the threads of a run that failed. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super("The schedule failed", null, false, false);
    }
  }

  /**
   * What a run was.
   *
   * @param places where threads could have changed
   * @param changes how often they did
   * @param trace the same for the same order of threads
   */
  public record Played(int places, int changes, int trace) {}

  private Schedule(long seed, Choice choice) {
    this.seed = seed;
    this.choice = choice;
    this.uuids = new Random(seed);
  }

  /**
   * Plays a scenario once.
   *
   * @param seed draws who takes part and who goes on when
   * @param length places that a run has, more or less
   * @throws AssertionError when it fails, with the seed and the last changes of threads
   */
  public static Played play(Scenario scenario, long seed, int length) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    Random choices = new Random(random.nextLong());
    Choice choice =
        switch (random.nextInt(3)) {
          case 0 -> new Choice.Ranks(choices, 1 + choices.nextInt(12), length);
          case 1 -> new Choice.Often(choices, 1 << (1 + choices.nextInt(8)));
          default ->
              new Choice.Delays(
                  choices, 1 << (2 + choices.nextInt(4)), 1 << (4 + choices.nextInt(6)));
        };
    Schedule schedule = new Schedule(seed, choice);
    schedule.go("main", () -> scenario.play(schedule, random));
    schedule.run();
    return new Played(schedule.places, schedule.changed, schedule.trace);
  }

  private void run() {
    Actor main = actors.get(0);
    current = main;
    main.turn.release();
    try {
      if (!ended.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        fail(new AssertionError("A thread does not come back from its turn: " + describe(current)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
    if (failure != null) {
      throw new AssertionError(
          "Schedule with seed %d: %s%nLast changes of threads, of %d:%n  %s"
              .formatted(seed, failure.getMessage(), changed, String.join("\n  ", changes)),
          failure);
    }
  }

  /** Starts a thread; it waits for its turn. */
  public void go(String name, Runnable task) {
    Actor actor = new Actor(name, task);
    synchronized (actors) {
      actors.add(actor);
    }
    choice.welcome(actor);
    THREADS.execute(() -> live(actor));
  }

  private void live(Actor actor) {
    actor.turn.acquireUninterruptibly();
    SCHEDULE.set(this);
    ACTOR.set(actor);
    actor.thread = Thread.currentThread();
    try {
      if (failure == null) {
        actor.task.run();
      }
    } catch (Abandoned unwound) {
      // Its schedule failed elsewhere, which is reported.
    } catch (Throwable thrown) {
      fail(thrown);
    } finally {
      SCHEDULE.remove();
      ACTOR.remove();
      end(actor);
    }
  }

  private void end(Actor actor) {
    boolean last;
    synchronized (actors) {
      actor.ended = true;
      boolean unused = actors.remove(actor);
      last = actors.isEmpty();
    }
    if (last) {
      ended.countDown();
    } else if (failure == null) {
      Actor next = choose(null);
      if (next != null) {
        handOver(actor, next);
      }
    }
  }

  /** The first failure counts; everybody is woken to unwind. */
  private void fail(Throwable thrown) {
    List<Actor> all;
    synchronized (actors) {
      if (failure != null) {
        return;
      }
      failure = thrown;
      all = List.copyOf(actors);
    }
    all.forEach(actor -> actor.turn.release());
  }

  /** Whether threads change wherever they can, or only where one can't go on or ends. */
  public void interleave(boolean now) {
    interleaves = now;
  }

  /** A place where another thread may go on. */
  public static void point() {
    Actor actor = ACTOR.get();
    if (actor != null && actor.quiet == 0) {
      SCHEDULE.get().reached(actor);
    }
  }

  private void reached(Actor actor) {
    checkGoesOn();
    if (++points > MAX_POINTS) {
      fail(new AssertionError("No end after %d places: %s".formatted(points, describe(actor))));
      throw new Abandoned();
    }
    if (interleaves) {
      places++;
      Actor next = choose(actor);
      if (next != actor && next != null) {
        handOver(actor, next);
        takeTurn(actor);
      }
    }
  }

  private void checkGoesOn() {
    if (failure != null) {
      throw new Abandoned();
    }
  }

  private void takeTurn(Actor actor) {
    actor.turn.acquireUninterruptibly();
    checkGoesOn();
    actor.ready = null;
  }

  private void handOver(Actor from, Actor to) {
    changed++;
    trace = 31 * trace + to.name.hashCode();
    if (changes.size() == SHOWN_CHANGES) {
      String unused = changes.remove(0);
    }
    changes.add(from.name + (from.ended ? " (ended)" : " " + from.waitsFor) + " -> " + to.name);
    current = to;
    to.turn.release();
  }

  /**
   * Who goes on.
   *
   * @param going who can go on and does; null when that one can't
   * @return null when nobody can: then the run has failed
   */
  private Actor choose(Actor going) {
    List<Actor> ready = new ArrayList<>();
    for (Actor actor : actors) {
      if (actor.canGoOn()) {
        ready.add(actor);
      }
    }
    if (ready.isEmpty()) {
      StringBuilder all = new StringBuilder("Nobody can go on");
      actors.forEach(actor -> all.append("\n  ").append(describe(actor)));
      fail(new AssertionError(all.toString()));
      return null;
    }
    if (interleaves) {
      return choice.next(ready, going);
    }
    return going != null ? going : ready.get(0);
  }

  private static String describe(Actor actor) {
    StringBuilder text = new StringBuilder(actor.name).append(" waits for ").append(actor.waitsFor);
    if (actor.thread != null) {
      for (StackTraceElement frame : actor.thread.getStackTrace()) {
        if (frame.getClassName().startsWith("io.thermocline")) {
          text.append("\n      at ").append(frame);
        }
      }
    }
    return text.toString();
  }

  /** Waits until something holds that another thread of the schedule brings about. */
  static void await(String what, BooleanSupplier holds) {
    Actor actor = ACTOR.get();
    if (actor != null) {
      SCHEDULE.get().waitFor(actor, what, holds);
    }
  }

  private void waitFor(Actor actor, String what, BooleanSupplier holds) {
    checkGoesOn();
    while (!holds.getAsBoolean()) {
      actor.ready = holds;
      actor.waitsFor = what;
      Actor next = choose(null);
      if (next == null) {
        throw new Abandoned();
      }
      if (next != actor) {
        handOver(actor, next);
        takeTurn(actor);
      }
      actor.ready = null;
      actor.waitsFor = "";
    }
  }

  /** Starts a thread of the schedule the caller is in. */
  static void goHere(String name, Runnable task) {
    SCHEDULE.get().go(name, task);
  }

  /** Nobody else goes on until the same was called with -1. */
  public static void quiet(int more) {
    Actor actor = ACTOR.get();
    if (actor != null) {
      actor.quiet += more;
    }
  }

  /** Takes a lock. */
  public static void enter(Object lock) {
    point();
    Actor actor = ACTOR.get();
    if (actor != null) {
      Held it = SCHEDULE.get().held.computeIfAbsent(lock, none -> new Held());
      if (it.owner != actor) {
        await("the lock of a " + lock.getClass().getName(), () -> it.owner == null);
        it.owner = actor;
      }
      it.times++;
    }
  }

  /** Gives a lock back. */
  public static void exit(Object lock) {
    Actor actor = ACTOR.get();
    if (actor != null && SCHEDULE.get().failure == null) {
      Held it = SCHEDULE.get().held.get(lock);
      if (--it.times == 0) {
        it.owner = null;
      }
      point();
    }
  }

  /** As {@link CompletableFuture#join}. */
  public static Object join(CompletableFuture<?> future) {
    point();
    await("a future", future::isDone);
    return future.join();
  }

  /** As {@link Semaphore#acquireUninterruptibly()}. */
  public static void acquire(Semaphore semaphore) {
    point();
    await("a permit", () -> semaphore.availablePermits() > 0);
    semaphore.acquireUninterruptibly();
  }

  /** As {@link UUID#randomUUID}, from the seed. */
  public static UUID randomUuid() {
    Schedule schedule = SCHEDULE.get();
    return schedule == null
        ? UUID.randomUUID()
        : new UUID(schedule.uuids.nextLong(), schedule.uuids.nextLong());
  }
}
