package io.thermocline.gateway.wire;

import io.thermocline.model.AppendConditions;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProducerSequence;
import java.util.Optional;
import java.util.OptionalLong;

/** What requests demand of their appends, read strictly: a wrong field is named. */
public final class Conditions {
  private Conditions() {}

  /** What a batch of a produce stream demands. */
  public static AppendConditions of(ProduceRequest request) {
    return of(
        request.hasSequence() ? Optional.of(request.getSequence()) : Optional.empty(),
        request.hasExpectedOffset()
            ? OptionalLong.of(request.getExpectedOffset())
            : OptionalLong.empty(),
        request.hasFenceToken() ? OptionalLong.of(request.getFenceToken()) : OptionalLong.empty());
  }

  /** What a plain append demands. */
  public static AppendConditions of(AppendRequest request) {
    return of(
        request.hasSequence() ? Optional.of(request.getSequence()) : Optional.empty(),
        request.hasExpectedOffset()
            ? OptionalLong.of(request.getExpectedOffset())
            : OptionalLong.empty(),
        request.hasFenceToken() ? OptionalLong.of(request.getFenceToken()) : OptionalLong.empty());
  }

  private static AppendConditions of(
      Optional<ProducerSequence> sequence, OptionalLong expectedOffset, OptionalLong fenceToken) {
    if (sequence.isEmpty() && expectedOffset.isEmpty() && fenceToken.isEmpty()) {
      return AppendConditions.NONE;
    }
    expectedOffset.ifPresent(Conditions::checkOffset);
    fenceToken.ifPresent(Conditions::checkToken);
    return new AppendConditions(sequence.map(Conditions::sequence), expectedOffset, fenceToken);
  }

  private static io.thermocline.model.ProducerSequence sequence(ProducerSequence sequence) {
    if (sequence.getProducerId() <= 0) {
      throw Wire.invalid(
          "sequence.producer_id",
          "is %d: ids are positive, take one from InitProducer"
              .formatted(sequence.getProducerId()));
    }
    if (sequence.getEpoch() < 0 || sequence.getEpoch() > Short.MAX_VALUE) {
      throw Wire.invalid(
          "sequence.epoch",
          "is %d: it is 0 to %d; after that take another producer_id"
              .formatted(sequence.getEpoch(), Short.MAX_VALUE));
    }
    if (sequence.getBaseSequence() < 0) {
      throw Wire.invalid(
          "sequence.base_sequence",
          "is %d: it is 0 to %d, then 0 again"
              .formatted(sequence.getBaseSequence(), Integer.MAX_VALUE));
    }
    return new io.thermocline.model.ProducerSequence(
        sequence.getProducerId(), (short) sequence.getEpoch(), sequence.getBaseSequence());
  }

  private static void checkOffset(long expected) {
    if (expected < 0) {
      throw Wire.invalid("expected_offset", "is " + expected + ": offsets are 0 or more");
    }
  }

  private static void checkToken(long token) {
    if (token <= 0) {
      throw Wire.invalid("fence_token", "is " + token + ": tokens are positive");
    }
  }
}
