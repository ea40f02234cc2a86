package io.thermocline.client.failure;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException.Violation;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What went wrong, whatever became of the call; an exception says that too. Public for the client's
 * own packages: programs get {@link ClientException}s.
 *
 * @param retryAfter null when the server named no time
 * @param cause null when there is none
 * @param conclusive whether it was told by who knows: the server itself, or a connection that never
 *     was. A call that only ended may have done something before.
 */
public record Failure(
    ErrorKind kind,
    String message,
    Map<String, String> details,
    List<Violation> violations,
    Duration retryAfter,
    Throwable cause,
    boolean conclusive) {

  private static final Set<ErrorKind> RETRIABLE =
      EnumSet.of(
          ErrorKind.TRANSIENT,
          ErrorKind.EXHAUSTED,
          ErrorKind.DEADLINE_EXCEEDED,
          ErrorKind.PRIOR_BATCH_REFUSED);

  /** One that is known for certain. */
  public static Failure of(ErrorKind kind, String message) {
    return new Failure(kind, message, Map.of(), List.of(), null, null, true);
  }

  /** One that proves nothing. */
  public static Failure of(ErrorKind kind, String message, Throwable causeOrNull) {
    return new Failure(kind, message, Map.of(), List.of(), null, causeOrNull, false);
  }

  /** The one that an exception tells of. */
  public static Failure of(ClientException told) {
    return told.failure();
  }

  /** The exception for a read. */
  public ReadFailedException read() {
    return new ReadFailedException(this);
  }

  /**
   * The exception for a write that was answered, or ended, with this. Only an answer of the server
   * itself, or a connection that never was, proves that nothing happened.
   */
  public ClientException write() {
    return isNotApplied() ? notApplied() : outcomeUnknown();
  }

  /** The exception for a write that surely had no effect, as is known otherwise. */
  public NotAppliedException notApplied() {
    return new NotAppliedException(this);
  }

  /** The exception for a write that may have had an effect, as is known otherwise. */
  public OutcomeUnknownException outcomeUnknown() {
    return new OutcomeUnknownException(this);
  }

  /** Whether it proves that a write had no effect. A defect of the server proves nothing. */
  public boolean isNotApplied() {
    return conclusive && kind != ErrorKind.OUTCOME_UNKNOWN && kind != ErrorKind.INTERNAL;
  }

  /** Whether the same call may succeed later. */
  public boolean retriable() {
    return RETRIABLE.contains(kind);
  }

  /**
   * Where an append that demanded another offset would have gone; -1 when that is not said. All
   * before it is durable.
   */
  public long nextOffset() {
    return Long.parseLong(details.getOrDefault("next_offset", "-1"));
  }

  /** The same in other words. */
  public Failure withMessage(String other) {
    return new Failure(kind, other, details, violations, retryAfter, cause, conclusive);
  }
}
