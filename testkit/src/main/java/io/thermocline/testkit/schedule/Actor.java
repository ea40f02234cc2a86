package io.thermocline.testkit.schedule;

import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** A thread of a schedule. Changed by whoever's turn it is. */
final class Actor {
  final String name;
  final Runnable task;
  final Semaphore turn = new Semaphore(0);

  /** For a {@link Choice}. */
  int rank;

  /** For a {@link Choice}: the place from which on it is not held up any more. */
  int heldUntil;

  /** When it can go on; null when it waits for nothing. */
  BooleanSupplier ready;

  String waitsFor = "";

  /** How many sections it is in that nobody is to interrupt. */
  int quiet;

  Thread thread;
  boolean ended;

  Actor(String name, Runnable task) {
    this.name = name;
    this.task = task;
  }

  boolean canGoOn() {
    return ready == null || ready.getAsBoolean();
  }
}
