package io.thermocline.server;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Kills a server at an acknowledgement: the n-th, or the n-th since tiering got on. Thread-safe.
 */
final class KillPoint {
  private final ServerProcess server;
  private final AtomicInteger left;
  private volatile boolean counting;
  private volatile boolean reached;

  KillPoint(ServerProcess server, Random random) {
    this.server = server;
    this.counting = random.nextInt(3) == 0;
    this.left = new AtomicInteger(random.nextInt(counting ? 1_500 : 400));
    if (counting && left.get() == 0) {
      kill();
    }
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
