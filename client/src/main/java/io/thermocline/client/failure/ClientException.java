package io.thermocline.client.failure;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can go wrong in a call. The type says what became of it: a {@link NotAppliedException} had
 * no effect, an {@link OutcomeUnknownException} may have had one, a {@link ReadFailedException} was
 * only a question. The {@linkplain #kind() kind} says what to do next.
 */
public abstract sealed class ClientException extends RuntimeException
    permits NotAppliedException, OutcomeUnknownException, ReadFailedException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  ClientException(Failure failure) {
    super(failure.message(), failure.cause());
    this.failure = failure;
  }

  final Failure failure() {
    return failure;
  }

  /** What was wrong, named by what the caller does next. */
  public ErrorKind kind() {
    return failure.kind();
  }

  /** Whether the same call may succeed later, without anything changed, and is safe to repeat. */
  public boolean retriable() {
    return failure.retriable();
  }

  /** Facts the server gave for programs, such as {@code logStart} and {@code end}. */
  public Map<String, String> details() {
    return failure.details();
  }

  /** The wrong fields of an {@link ErrorKind#INVALID} request. */
  public List<Violation> violations() {
    return failure.violations();
  }

  /** How long the server asks to wait before the next try. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(failure.retryAfter());
  }
}
