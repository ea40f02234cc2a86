package io.thermocline.testkit;

import java.util.function.Predicate;

/**
 * One call that reached the {@link S3Server}.
 *
 * @param operation what is asked for
 * @param bucket where; empty for the list of buckets
 * @param key which object, or the prefix of a listing; may be empty
 */
public record S3Call(Operation operation, String bucket, String key) {
  /** What calls are told apart by. */
  public enum Operation {
    GET,
    HEAD,
    LIST,
    PUT,
    DELETE
  }

  /** Every call. */
  public static Predicate<S3Call> any() {
    return call -> true;
  }

  /** Calls of one kind. Uploads of parts are {@link Operation#PUT} too. */
  public static Predicate<S3Call> of(Operation operation) {
    return call -> call.operation() == operation;
  }

  /** Calls of one kind for keys that contain {@code text}. */
  public static Predicate<S3Call> of(Operation operation, String text) {
    return call -> call.operation() == operation && call.key().contains(text);
  }
}
