package io.thermocline.testkit;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Which calls through a port fail, before or after their effect, and which are held. Without a rule
 * nothing happens. Thread-safe.
 *
 * @param <C> the port's calls
 */
public final class FaultSchedule<C extends Enum<C>> {
  /** A call is stopped here, before its effect, until the test lets it go. */
  public static final class Gate {
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();

    private Gate() {}

    /** Waits until a call stands here. */
    public void awaitReached() {
      Await.result(reached);
    }

    /** Lets the call go on. */
    public void open() {
      opened.complete(null);
    }
  }

  private enum When {
    BEFORE,
    AFTER
  }

  private record Rule<C>(C call, AtomicInteger left, When when, ErrorKind kind, Gate gate) {}

  private record Fault(When when, ErrorKind kind, Gate gate) {}

  private final List<Rule<C>> rules = new ArrayList<>();
  private Random random;
  private int oneIn;
  private long met;

  /** The next {@code times} calls fail with {@link ErrorKind#TRANSIENT}: nothing is done. */
  public void failBefore(C call, int times) {
    failBefore(call, times, ErrorKind.TRANSIENT);
  }

  /** The next {@code times} calls fail with {@code kind}: nothing is done. */
  public synchronized void failBefore(C call, int times, ErrorKind kind) {
    rules.add(new Rule<>(call, new AtomicInteger(times), When.BEFORE, kind, null));
  }

  /**
   * The next {@code times} calls are carried out, and fail with {@link ErrorKind#OUTCOME_UNKNOWN}.
   */
  public synchronized void failAfter(C call, int times) {
    rules.add(
        new Rule<>(call, new AtomicInteger(times), When.AFTER, ErrorKind.OUTCOME_UNKNOWN, null));
  }

  /** The next such call is held before its effect; clearing the schedule does not let it go. */
  public synchronized Gate hold(C call) {
    Gate gate = new Gate();
    rules.add(new Rule<>(call, new AtomicInteger(1), When.BEFORE, null, gate));
    return gate;
  }

  /** From now on one call in {@code oneIn} fails, half of them before and half after the effect. */
  public synchronized void failAtRandom(long seed, int oneInCalls) {
    random = new Random(seed);
    oneIn = oneInCalls;
  }

  /** From here on all is well. */
  public synchronized void clear() {
    rules.clear();
    random = null;
  }

  /** How many calls met a fault so far. */
  public synchronized long met() {
    return met;
  }

  /** A call that only looks: whenever it fails, it fails without an effect. */
  <T> T look(C call, Supplier<T> effect) {
    Optional<Fault> fault = meet(call);
    fault.ifPresent(FaultSchedule::stop);
    if (fault.isPresent() && fault.get().kind() != null) {
      throw failure(call, withoutEffect(fault.get()));
    }
    return effect.get();
  }

  /** A call that changes something. */
  <T> T change(C call, Supplier<T> effect) {
    Optional<Fault> fault = meet(call);
    fault.ifPresent(FaultSchedule::stop);
    if (failsAt(fault, When.BEFORE)) {
      throw failure(call, fault.get().kind());
    }
    T answer = effect.get();
    if (failsAt(fault, When.AFTER)) {
      throw failure(call, fault.get().kind());
    }
    return answer;
  }

  /** As {@link #look}, for a call that answers later. */
  <T> CompletableFuture<T> lookLater(C call, Supplier<CompletableFuture<T>> effect) {
    Optional<Fault> fault = meet(call);
    if (fault.isPresent() && fault.get().kind() != null) {
      return CompletableFuture.failedFuture(failure(call, withoutEffect(fault.get())));
    }
    return fault.isPresent() ? later(fault.get().gate(), effect) : effect.get();
  }

  /** As {@link #change}, for a call that answers later. */
  <T> CompletableFuture<T> changeLater(C call, Supplier<CompletableFuture<T>> effect) {
    Optional<Fault> fault = meet(call);
    if (failsAt(fault, When.BEFORE)) {
      return CompletableFuture.failedFuture(failure(call, fault.get().kind()));
    }
    if (failsAt(fault, When.AFTER)) {
      ThermoclineException failure = failure(call, fault.get().kind());
      return effect.get().thenCompose(answer -> CompletableFuture.failedFuture(failure));
    }
    return fault.isPresent() ? later(fault.get().gate(), effect) : effect.get();
  }

  private synchronized Optional<Fault> meet(C call) {
    for (Iterator<Rule<C>> all = rules.iterator(); all.hasNext(); ) {
      Rule<C> rule = all.next();
      if (rule.call() == call) {
        if (rule.left().decrementAndGet() == 0) {
          all.remove();
        }
        met++;
        return Optional.of(new Fault(rule.when(), rule.kind(), rule.gate()));
      }
    }
    if (random != null && random.nextInt(oneIn) == 0) {
      met++;
      return Optional.of(
          random.nextBoolean()
              ? new Fault(When.BEFORE, ErrorKind.TRANSIENT, null)
              : new Fault(When.AFTER, ErrorKind.OUTCOME_UNKNOWN, null));
    }
    return Optional.empty();
  }

  private static void stop(Fault fault) {
    if (fault.gate() != null) {
      fault.gate().reached.complete(null);
      fault.gate().opened.join();
    }
  }

  private static <T> CompletableFuture<T> later(Gate gate, Supplier<CompletableFuture<T>> effect) {
    gate.reached.complete(null);
    return gate.opened.thenCompose(open -> effect.get());
  }

  private static boolean failsAt(Optional<Fault> fault, When when) {
    return fault.isPresent() && fault.get().kind() != null && fault.get().when() == when;
  }

  private static ErrorKind withoutEffect(Fault fault) {
    return fault.when() == When.AFTER ? ErrorKind.TRANSIENT : fault.kind();
  }

  private ThermoclineException failure(C call, ErrorKind kind) {
    return new ThermoclineException(kind, "Injected by a test into " + call);
  }
}
