package io.thermocline.testkit.schedule;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Says who goes on at a place where threads may change. For one schedule. */
interface Choice {

  /** A thread is there; it may be given a rank. */
  void welcome(Actor actor);

  /**
   * One of those who can go on.
   *
   * @param ready in the order they were started; never empty
   * @param current who goes on now; null when that one can't
   */
  Actor next(List<Actor> ready, Actor current);

  /** Another thread at one place in so many, whichever. */
  final class Often implements Choice {
    private final Random random;
    private final int oneIn;

    Often(Random random, int oneIn) {
      this.random = random;
      this.oneIn = oneIn;
    }

    @Override
    public void welcome(Actor actor) {
      // All are the same.
    }

    @Override
    public Actor next(List<Actor> ready, Actor current) {
      return current != null && random.nextInt(oneIn) > 0
          ? current
          : ready.get(random.nextInt(ready.size()));
    }
  }

  /**
   * The same thread as long as it can, but any may be held up at any place, while the others do as
   * much as they can: finds what has to happen between two steps of one thread.
   */
  final class Delays implements Choice {
    private final Random random;
    private final int oneIn;
    private final int longest;
    private int places;

    /**
     * @param oneIn at one place in so many the thread is held up
     * @param longest for so many places at most
     */
    Delays(Random random, int oneIn, int longest) {
      this.random = random;
      this.oneIn = oneIn;
      this.longest = longest;
    }

    @Override
    public void welcome(Actor actor) {
      // All are the same.
    }

    @Override
    public Actor next(List<Actor> ready, Actor current) {
      places++;
      if (current != null && random.nextInt(oneIn) == 0) {
        current.heldUntil = places + 1 + random.nextInt(longest);
      }
      if (current != null && current.heldUntil <= places) {
        return current;
      }
      List<Actor> free = ready.stream().filter(actor -> actor.heldUntil <= places).toList();
      return free.isEmpty()
          ? ready.stream().min(Comparator.comparingInt(actor -> actor.heldUntil)).orElseThrow()
          : free.get(random.nextInt(free.size()));
    }
  }

  /**
   * The thread with the highest of random ranks, which falls to the lowest at a few random places:
   * finds what takes few, but exactly these, changes of threads (probabilistic concurrency
   * testing).
   */
  final class Ranks implements Choice {
    private final Random random;
    private final Set<Integer> falls = new HashSet<>();
    private int places;
    private int lowest;

    /**
     * @param depth how often a rank falls
     * @param length places a run has, more or less
     */
    Ranks(Random random, int depth, int length) {
      this.random = random;
      for (int i = 0; i < depth; i++) {
        boolean unused = falls.add(random.nextInt(Math.max(1, length)));
      }
    }

    @Override
    public void welcome(Actor actor) {
      actor.rank = 1 + random.nextInt(1 << 20);
    }

    @Override
    public Actor next(List<Actor> ready, Actor current) {
      if (falls.contains(places++) && current != null) {
        current.rank = --lowest;
      }
      return ready.stream().max(Comparator.comparingInt(actor -> actor.rank)).orElseThrow();
    }
  }
}
