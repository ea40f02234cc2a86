package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for things that come from other threads, never for ever. */
public final class Await {
  /** How long anything may take before the test fails. Long: a busy machine is not a failure. */
  public static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private Await() {}

  /** The future's value; its failure is thrown as it is. */
  public static <T> T result(CompletableFuture<T> future) {
    try {
      return future.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError("Failed with something unexpected", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("Not completed within " + DEADLINE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** The failure of a call that answers with a future: it has to come through the future. */
  public static ThermoclineException failure(Supplier<? extends CompletableFuture<?>> call) {
    CompletableFuture<?> future = call.get();
    try {
      Object value = result(future);
      throw new AssertionError("Expected a failure, got " + value);
    } catch (ThermoclineException expected) {
      return expected;
    }
  }

  /** Asserts that a call that answers with a future fails with {@code kind}. */
  public static void fails(ErrorKind kind, Supplier<? extends CompletableFuture<?>> call) {
    ThermoclineException failure = failure(call);
    assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
  }

  /** Asserts that a plain call throws with {@code kind}. */
  public static void throwsKind(ErrorKind kind, Runnable call) {
    try {
      call.run();
    } catch (ThermoclineException failure) {
      assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
      return;
    }
    throw new AssertionError("Expected " + kind + ", but nothing was thrown");
  }

  /** Waits until {@code condition} holds, and fails naming {@code what} when it never does. */
  public static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not within " + DEADLINE + ": " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
