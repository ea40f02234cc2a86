package io.thermocline.client.consumer;

import java.time.Instant;
import java.util.Objects;

/** Where a consumer begins in a partition. */
public sealed interface Start {

  /** At the log start. */
  record Earliest() implements Start {}

  /** At the end: only what comes later. */
  record Latest() implements Start {}

  /**
   * At this offset; outside of what is readable it fails with {@code OUT_OF_RANGE}.
   *
   * @param offset {@code >= 0}
   */
  record AtOffset(long offset) implements Start {
    public AtOffset {
      if (offset < 0) {
        throw new IllegalArgumentException("Not an offset: " + offset);
      }
    }
  }

  /**
   * At the smallest offset whose timestamp is this or later, at the end if there is none.
   *
   * @param millis Unix milliseconds
   */
  record AtTimestamp(long millis) implements Start {}

  /**
   * Where the consumer's group has its place.
   *
   * @param otherwise for partitions in which the group has none; not itself a committed place
   */
  record Committed(Start otherwise) implements Start {
    public Committed {
      Objects.requireNonNull(otherwise, "otherwise");
      if (otherwise instanceof Committed) {
        throw new IllegalArgumentException("Where a group begins can't be its committed place");
      }
    }
  }

  /** At the log start. */
  static Start earliest() {
    return new Earliest();
  }

  /** At the end: only what comes later. */
  static Start latest() {
    return new Latest();
  }

  /** At this offset. */
  static Start offset(long offset) {
    return new AtOffset(offset);
  }

  /** At the smallest offset whose timestamp is this or later. */
  static Start timestamp(Instant time) {
    return new AtTimestamp(time.toEpochMilli());
  }

  /** Where the group has its place, or else there. Needs {@link ConsumerOptions#group()}. */
  static Start committedOr(Start otherwise) {
    return new Committed(otherwise);
  }
}
