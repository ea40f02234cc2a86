package io.thermocline.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Every failure that crosses a port. The kind is the contract; the message is for people. */
public final class ThermoclineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * One wrong field of a request.
   *
   * @param field its path, as in {@code batch.crc32c}
   * @param description what is wrong, with the value and the limit
   */
  public record Violation(String field, String description) {}

  private final ErrorKind kind;
  private final transient Map<String, String> details;
  private final transient List<Violation> violations;

  /** A failure without a cause. */
  public ThermoclineException(ErrorKind kind, String message) {
    this(kind, message, null, Map.of(), List.of());
  }

  /** A failure that another one caused. */
  public ThermoclineException(ErrorKind kind, String message, Throwable cause) {
    this(kind, message, cause, Map.of(), List.of());
  }

  private ThermoclineException(
      ErrorKind kind,
      String message,
      Throwable cause,
      Map<String, String> details,
      List<Violation> violations) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
    this.details = details;
    this.violations = violations;
  }

  /** The same failure with facts a program can use, such as {@code logStart} and {@code end}. */
  public ThermoclineException with(Map<String, String> moreDetails) {
    return new ThermoclineException(
        kind, getMessage(), getCause(), Map.copyOf(moreDetails), violations);
  }

  /** The same failure naming the wrong fields. */
  public ThermoclineException with(List<Violation> moreViolations) {
    return new ThermoclineException(
        kind, getMessage(), getCause(), details, List.copyOf(moreViolations));
  }

  /** What the caller does next. */
  public ErrorKind kind() {
    return kind;
  }

  /** Facts for programs; may be empty. */
  public Map<String, String> details() {
    return details == null ? Map.of() : details;
  }

  /** The wrong fields; empty unless the kind is {@link ErrorKind#INVALID}. */
  public List<Violation> violations() {
    return violations == null ? List.of() : violations;
  }
}
