package io.thermocline.server;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Kills a server at an acknowledgement, the n-th, or the n-th since tiering got on; or when it is
 * told to. Thread-safe.
 */
final class KillPoint {
  private final ServerProcess server;
  private final AtomicInteger left;
  private volatile boolean counting;
  private volatile boolean reached;

  private KillPoint(ServerProcess server, boolean counting, int left) {
    this.server = server;
    this.counting = counting;
    this.left = new AtomicInteger(left);
  }

  static KillPoint atAnAcknowledgement(ServerProcess server, Random random) {
    boolean counting = random.nextInt(3) == 0;
    return new KillPoint(server, counting, 1 + random.nextInt(counting ? 1_500 : 400));
  }

  /** Kills only when told to: no acknowledgement may end the server before. */
  static KillPoint atRest(ServerProcess server) {
    return new KillPoint(server, true, Integer.MAX_VALUE);
  }

  void kill() {
    server.kill();
    reached = true;
  }

  /** Whether the server was killed: what is sent from here on would wait for another one. */
  boolean reached() {
    return reached;
  }

  boolean waitsForTiering() {
    return !counting;
  }

  void count() {
    counting = true;
  }

  void acknowledged() {
    if (counting && left.decrementAndGet() <= 0) {
      kill();
    }
  }
}
