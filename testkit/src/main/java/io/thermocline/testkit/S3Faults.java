package io.thermocline.testkit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/**
 * Which calls to an {@link S3Server} meet which fault. The first rule that accepts a call counts.
 * Thread-safe.
 */
public final class S3Faults {
  private static final class Rule {
    final Predicate<S3Call> which;
    final S3Fault fault;
    int left;

    Rule(Predicate<S3Call> which, S3Fault fault, int left) {
      this.which = which;
      this.fault = fault;
      this.left = left;
    }
  }

  /**
   * A fault that a call meets.
   *
   * @param release opens when the faults that were set then are cleared
   */
  record Meeting(S3Fault fault, CountDownLatch release) {}

  private final List<Rule> rules = new ArrayList<>();
  private final List<S3Call> met = new ArrayList<>();
  private CountDownLatch release = new CountDownLatch(1);

  S3Faults() {}

  /** Every call that {@code which} accepts meets {@code fault}, until the faults are cleared. */
  public void always(Predicate<S3Call> which, S3Fault fault) {
    next(Integer.MAX_VALUE, which, fault);
  }

  /** The next {@code times} calls that {@code which} accepts meet {@code fault}. */
  public synchronized void next(int times, Predicate<S3Call> which, S3Fault fault) {
    rules.add(new Rule(which, fault, times));
  }

  /** From here on all is well; calls that hang go on. */
  public synchronized void clear() {
    rules.clear();
    release.countDown();
    release = new CountDownLatch(1);
  }

  /** The calls that met a fault so far, in order. */
  public synchronized List<S3Call> met() {
    return List.copyOf(met);
  }

  synchronized Optional<Meeting> meet(S3Call call) {
    for (Iterator<Rule> all = rules.iterator(); all.hasNext(); ) {
      Rule rule = all.next();
      if (rule.which.test(call)) {
        if (--rule.left == 0) {
          all.remove();
        }
        met.add(call);
        return Optional.of(new Meeting(rule.fault, release));
      }
    }
    return Optional.empty();
  }
}
