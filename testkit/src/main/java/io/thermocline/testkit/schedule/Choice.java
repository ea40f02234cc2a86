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
