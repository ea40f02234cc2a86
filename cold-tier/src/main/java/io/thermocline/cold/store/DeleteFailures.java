package io.thermocline.cold.store;

import io.thermocline.model.ThermoclineException;
import java.util.Map;

/** Goes on after failures and reports them together at the end. */
final class DeleteFailures {
  private int failed;
  private ThermoclineException first;

  /** Runs the deletion of {@code count} objects. */
  void attempt(int count, Runnable deletion) {
    try {
      deletion.run();
    } catch (ThermoclineException e) {
      add(count, e);
    }
  }

  void add(int count, ThermoclineException e) {
    failed += count;
    if (first == null) {
      first = e;
    }
  }

  void throwIfAny() {
    if (first != null) {
      throw new ThermoclineException(
              first.kind(),
              "%d objects may not be deleted; the first: %s".formatted(failed, first.getMessage()),
              first)
          .with(Map.of("failed", Integer.toString(failed)));
    }
  }
}
