package io.thermocline.tiering;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long an answer of the hot tier is waited for. A deadline stops the waiting, never the work.
 */
record Deadline(Duration time) {

  /**
   * The answer.
   *
   * @param what for the message, as in {@code reading orders-0}
   * @throws ThermoclineException the call's own failure; {@link ErrorKind#TRANSIENT} when there was
   *     no answer in time
   */
  <T> T await(CompletableFuture<T> answer, String what) {
    try {
      return answer.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ThermoclineException failure) {
        throw failure;
      }
      throw new ThermoclineException(ErrorKind.INTERNAL, what + " failed", e.getCause());
    } catch (TimeoutException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT, "No answer within " + time + ": " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Interrupted: " + what, e);
    }
  }
}
