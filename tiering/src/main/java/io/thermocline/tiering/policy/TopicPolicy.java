package io.thermocline.tiering.policy;

import io.thermocline.model.Compression;
import io.thermocline.model.SegmentLimits;
import io.thermocline.model.Units;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The settings in force for one topic. {@link PolicyKey} says what each means, its default and its
 * limits; an empty limit is {@code unlimited}.
 *
 * @param segment when a segment is sealed
 * @param tiering whether and when records move to the cold tier
 * @param hot how long tiered records stay on local disk
 * @param retention how long the topic's records are kept at all
 */
public record TopicPolicy(Segment segment, Tiering tiering, Hot hot, Retention retention) {

  /** When a segment is sealed: at whichever comes first. */
  public record Segment(long maxBytes, Duration maxAge) {
    public Segment {
      check(maxBytes > 0, "segment.bytes is not positive: " + maxBytes);
      check(!maxAge.isNegative() && !maxAge.isZero(), "segment.age is not positive: " + maxAge);
    }

    /** The same, as the hot tier takes it. */
    public SegmentLimits limits() {
      return new SegmentLimits(maxBytes, maxAge);
    }
  }

  /** Whether and when records move to the cold tier; the rest means nothing when not enabled. */
  public record Tiering(
      boolean enabled,
      long minFileBytes,
      Duration maxLag,
      long targetFileBytes,
      Compression compression) {
    public Tiering {
      check(minFileBytes >= 0, "tiering.minFileBytes is negative: " + minFileBytes);
      check(
          targetFileBytes > 0 && targetFileBytes >= minFileBytes,
          "tiering.targetFileBytes " + targetFileBytes + " is less than minFileBytes");
      check(!maxLag.isNegative(), "tiering.maxLag is negative: " + maxLag);
      Objects.requireNonNull(compression, "compression");
    }
  }

  /** How long tiered records stay on local disk. Never lets go of records that are not tiered. */
  public record Hot(Optional<Duration> retain, OptionalLong maxBytes) {
    public Hot {
      check(retain.isEmpty() || !retain.get().isNegative(), "hot.retain is negative: " + retain);
      check(maxBytes.orElse(0) >= 0, "hot.maxBytes is negative: " + maxBytes);
    }
  }

  /** How long the topic's records are kept at all, over both tiers. */
  public record Retention(Optional<Duration> age, OptionalLong maxBytes) {
    public Retention {
      check(age.isEmpty() || !age.get().isNegative(), "retention.age is negative: " + age);
      check(maxBytes.orElse(0) >= 0, "retention.maxBytes is negative: " + maxBytes);
    }
  }

  public TopicPolicy {
    Objects.requireNonNull(segment, "segment");
    Objects.requireNonNull(tiering, "tiering");
    Objects.requireNonNull(hot, "hot");
    Objects.requireNonNull(retention, "retention");
  }

  /** What holds for a topic no policy matches: nothing is tiered, nothing is deleted. */
  public static TopicPolicy defaults() {
    return of(PolicyKey::defaultText);
  }

  /** From each key's text, which is of the right form. */
  static TopicPolicy of(Function<PolicyKey, String> text) {
    return new TopicPolicy(
        new Segment(
            Units.parseBytes(text.apply(PolicyKey.SEGMENT_BYTES)),
            Units.parseDuration(text.apply(PolicyKey.SEGMENT_AGE))),
        new Tiering(
            Boolean.parseBoolean(text.apply(PolicyKey.TIERING_ENABLED)),
            Units.parseBytes(text.apply(PolicyKey.TIERING_MIN_FILE_BYTES)),
            Units.parseDuration(text.apply(PolicyKey.TIERING_MAX_LAG)),
            Units.parseBytes(text.apply(PolicyKey.TIERING_TARGET_FILE_BYTES)),
            text.apply(PolicyKey.TIERING_COMPRESSION).equals("zstd")
                ? Compression.ZSTD
                : Compression.NONE),
        new Hot(
            ageLimit(text.apply(PolicyKey.HOT_RETAIN)),
            sizeLimit(text.apply(PolicyKey.HOT_MAX_BYTES))),
        new Retention(
            ageLimit(text.apply(PolicyKey.RETENTION_AGE)),
            sizeLimit(text.apply(PolicyKey.RETENTION_MAX_BYTES))));
  }

  private static Optional<Duration> ageLimit(String text) {
    return text.equals(PolicyKey.UNLIMITED)
        ? Optional.empty()
        : Optional.of(Units.parseDuration(text));
  }

  private static OptionalLong sizeLimit(String text) {
    return text.equals(PolicyKey.UNLIMITED)
        ? OptionalLong.empty()
        : OptionalLong.of(Units.parseBytes(text));
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
