package io.thermocline.client.producer;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.wire.Backoff;
import io.thermocline.model.ErrorKind;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The identity that lanes take when they begin: asked for once, when it is first wanted, and again
 * after a pause until there is one. Used by the sender's thread alone.
 */
final class IdentitySource {
  private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

  private final ProducerIdentity.Giver giver;

  /** Null while there is none. */
  private ProducerIdentity current;

  private boolean asking;

  /** Why there is none; null when there is one, or it was not asked for. */
  private Failure failure;

  private long askAtNanos;
  private int attempts;

  IdentitySource(ProducerIdentity.Giver giver) {
    this.giver = giver;
  }

  /** Null while there is none. */
  ProducerIdentity current() {
    return current;
  }

  /** Why there is none; null when nothing speaks against it. */
  Failure failure() {
    return failure;
  }

  /** Some lane has used up all epochs of it: the next to ask gets another one. */
  void spent(ProducerIdentity identity) {
    if (identity.equals(current)) {
      current = null;
    }
  }

  /**
   * Asks, unless there is one, or it was asked for, or it is too early after a failure.
   *
   * @param report takes what the answer means to the thread that steps
   * @param hopeless what to do when asking again will not help
   */
  void want(long nowNanos, Consumer<Runnable> report, Consumer<Failure> hopeless) {
    if (current != null || asking || (failure != null && nowNanos - askAtNanos < 0)) {
      return;
    }
    asking = true;
    giver.ask(
        identity -> report.accept(() -> got(identity)),
        why -> report.accept(() -> failed(why, nowNanos, hopeless)));
  }

  /** Nanoseconds until it may be asked again; the largest long when nothing has to be asked. */
  long nanosUntilNext(long nowNanos) {
    return current != null || asking ? Long.MAX_VALUE : Math.max(0, askAtNanos - nowNanos);
  }

  private void got(ProducerIdentity identity) {
    asking = false;
    failure = null;
    attempts = 0;
    current = identity;
  }

  private void failed(Failure why, long askedAtNanos, Consumer<Failure> hopeless) {
    asking = false;
    failure = why;
    askAtNanos = askedAtNanos + BACKOFF.pause(attempts++, why.retryAfter()).toNanos();
    if (why.kind() == ErrorKind.UNSUPPORTED) {
      hopeless.accept(
          why.withMessage(
              "This server can't tell repeated batches from new ones ("
                  + why.message()
                  + "): produce with ProducerOptions.withIdempotence(false), where a batch whose"
                  + " answer was lost fails as unknown and is not sent again"));
    } else if (why.kind() == ErrorKind.INVALID || why.kind() == ErrorKind.FAILED_PRECONDITION) {
      hopeless.accept(why);
    }
  }
}
