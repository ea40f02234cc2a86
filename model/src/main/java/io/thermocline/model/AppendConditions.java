package io.thermocline.model;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What has to hold for a batch to be appended. Judged in the partition's write order, in this
 * order: is it a repeat, the fence, the sequence, the expected offset. Whatever is refused has
 * changed nothing.
 *
 * <ul>
 *   <li><b>repeat</b>: a batch of this producer with this sequence and this content, among the last
 *       {@link HotTier.Capabilities#producerWindowBatches} of any epoch, is answered with the place
 *       of the original, once that is durable, whatever else is demanded. One that may be older
 *       than those, of any epoch too, is {@link ErrorKind#OUTCOME_UNKNOWN}, and so is one past
 *       sequence 0 of a producer that is not known (any more), with detail {@code "producer"},
 *       {@code "forgotten"}: this very call has stored nothing. Another content under a known
 *       sequence is {@link ErrorKind#INVALID}.
 *   <li><b>fence</b>: on a partition with a fence a lower token, or none, is {@link
 *       ErrorKind#FENCED}.
 *   <li><b>sequence</b>: a batch of an older epoch, which was never stored, is {@link
 *       ErrorKind#FENCED}; one that does not follow on the last is {@link
 *       ErrorKind#OUT_OF_SEQUENCE}.
 *   <li><b>expected offset</b>: compared with the offset the batch would be given; another one is
 *       {@link ErrorKind#CONFLICT}, answered once the offset it names (detail {@code
 *       "next_offset"}) is durable.
 * </ul>
 *
 * @param sequence whose batch it is, for repeats to be told
 * @param expectedOffset the offset that its first record is to get, {@code >= 0}
 * @param fenceToken what the writer holds, {@code > 0}
 */
public record AppendConditions(
    Optional<ProducerSequence> sequence, OptionalLong expectedOffset, OptionalLong fenceToken) {

  /** Append it wherever the log ends. */
  public static final AppendConditions NONE =
      new AppendConditions(Optional.empty(), OptionalLong.empty(), OptionalLong.empty());

  public AppendConditions {
    Objects.requireNonNull(sequence, "sequence");
    if (expectedOffset.isPresent() && expectedOffset.getAsLong() < 0) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Expected offset %d is negative".formatted(expectedOffset.getAsLong()));
    }
    if (fenceToken.isPresent() && fenceToken.getAsLong() <= 0) {
      throw new ThermoclineException(
          ErrorKind.INVALID,
          "Fence token %d: tokens are positive".formatted(fenceToken.getAsLong()));
    }
  }

  /** A batch of an idempotent producer. */
  public static AppendConditions of(ProducerSequence sequence) {
    return new AppendConditions(Optional.of(sequence), OptionalLong.empty(), OptionalLong.empty());
  }

  /** These, and the offset. */
  public AppendConditions expecting(long offset) {
    return new AppendConditions(sequence, OptionalLong.of(offset), fenceToken);
  }

  /** These, and the token. */
  public AppendConditions holding(long token) {
    return new AppendConditions(sequence, expectedOffset, OptionalLong.of(token));
  }
}
