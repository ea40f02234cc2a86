package io.thermocline.tiering;

import io.thermocline.model.ColdPartition;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.Span;
import io.thermocline.model.TopicPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Both tiers of one partition, as data, at about one moment: the state was read before the spans,
 * and the table before both.
 *
 * @param spans what lies on local disk
 */
record PartitionView(TopicPartition id, PartitionState hot, List<Span> spans, ColdPartition cold) {
  PartitionView {
    spans = List.copyOf(spans);
  }

  /** The larger of the two log starts, which is the one that counts. */
  long logStart() {
    return Math.max(hot.logStart(), cold.logStart());
  }

  /** First offset that is neither tiered nor deleted. */
  long untieredFrom() {
    return Math.max(cold.tieredTo(), logStart());
  }

  /** Whether the table has ever heard of it. */
  boolean inTable() {
    return cold.tieredTo() > 0 || cold.logStart() > 0 || !cold.files().isEmpty();
  }

  /**
   * Why nothing may be done to it; empty when all is well.
   *
   * @param tiered whether its records are to be in the cold tier
   */
  Optional<String> problem(boolean tiered) {
    return cold.problem().or(() -> disagreement(tiered));
  }

  /**
   * Why the tiers can't both be right; empty when they can.
   *
   * @param tiered whether its records are to be in the cold tier
   */
  Optional<String> disagreement(boolean tiered) {
    if (cold.tieredTo() > hot.stableEnd() || cold.logStart() > hot.stableEnd()) {
      return Optional.of(
          "the table is ahead of the log: tiered-to %d, log start %d, end %d"
              .formatted(cold.tieredTo(), cold.logStart(), hot.stableEnd()));
    }
    if ((tiered || inTable()) && hot.hotStart() > untieredFrom()) {
      return Optional.of(
          "offsets [%d, %d) are in neither tier".formatted(untieredFrom(), hot.hotStart()));
    }
    return Optional.empty();
  }

  /** Local spans with offsets that are not tiered, oldest first. */
  private Stream<Span> untiered() {
    return spans.stream().filter(span -> span.range().to() > untieredFrom());
  }

  /** Bytes on local disk that are not tiered. */
  long lagBytes() {
    return untiered()
        .mapToLong(
            span ->
                Timeline.share(
                    span,
                    new OffsetRange(
                        Math.max(span.range().from(), untieredFrom()), span.range().to())))
        .sum();
  }

  /** Age of the oldest record that is not tiered; empty when there is none. */
  Optional<Duration> lag(Instant now) {
    return oldestUntiered()
        .map(oldest -> Duration.between(oldest, now))
        .map(age -> age.isNegative() ? Duration.ZERO : age);
  }

  /** When the oldest record that is not tiered was appended; empty when there is none. */
  Optional<Instant> oldestUntiered() {
    return untiered().findFirst().map(span -> Instant.ofEpochMilli(span.firstAppendTimeMillis()));
  }
}
