package io.thermocline.server;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** What a run of kills came to, and where its time went. For one thread. */
final class KillTotals {
  private static final int KILLS_A_LINE = 20;

  private final int wanted;
  private final long began = System.nanoTime();
  private final Map<Part, Long> nanos = new EnumMap<>(Part.class);
  private final Map<Moment, Integer> moments = new EnumMap<>(Moment.class);
  private int kills;
  private long sent;
  private long acknowledged;
  private int broken;

  /** When a server is killed. */
  enum Moment {
    /** While records are sent, at the acknowledgement of one. */
    ACKNOWLEDGEMENT,
    /** Before it listens: while it recovers. */
    START,
    /** When all is acknowledged, while it tiers. */
    REST
  }

  /** What a life is made of. */
  enum Part {
    START,
    READ,
    PRODUCE
  }

  /**
   * @param wanted kills of the whole run
   */
  KillTotals(int wanted) {
    this.wanted = wanted;
  }

  <T> T timed(Part part, Callable<T> work) throws Exception {
    long started = System.nanoTime();
    try {
      return work.call();
    } finally {
      nanos.merge(part, System.nanoTime() - started, Long::sum);
    }
  }

  /** A server was killed. */
  void killed(Moment moment, long nowSent, long nowAcknowledged) {
    kills++;
    moments.merge(moment, 1, Integer::sum);
    sent += nowSent;
    acknowledged += nowAcknowledged;
    if (kills % KILLS_A_LINE == 0 && kills < wanted) {
      print();
    }
  }

  /** A log was not what it had to be: acknowledged records were lost, or others doubled. */
  void broke() {
    broken++;
  }

  void print() {
    System.out.printf(
        "kills=%d of %d %s, records sent=%d, acknowledged=%d, logs with anything lost, changed or"
            + " doubled=%d, seconds=%.0f, a kill=%.1f (start %.1f, read %.1f, produce %.1f)%n",
        kills,
        wanted,
        moments,
        sent,
        acknowledged,
        broken,
        (System.nanoTime() - began) / 1e9,
        (System.nanoTime() - began) / 1e9 / Math.max(1, kills),
        aKill(Part.START),
        aKill(Part.READ),
        aKill(Part.PRODUCE));
  }

  private double aKill(Part part) {
    return nanos.getOrDefault(part, 0L) / 1e9 / Math.max(1, kills);
  }
}
