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
    if (!request.hasSequence() && !request.hasExpectedOffset() && !request.hasFenceToken()) {
      return AppendConditions.NONE;
    }
    return new AppendConditions(
        request.hasSequence() ? Optional.of(sequence(request.getSequence())) : Optional.empty(),
        request.hasExpectedOffset() ? offset(request.getExpectedOffset()) : OptionalLong.empty(),
        request.hasFenceToken() ? token(request.getFenceToken()) : OptionalLong.empty());
  }

  /** What a plain append demands. */
  public static AppendConditions of(AppendRequest request) {
    return new AppendConditions(
        request.hasSequence() ? Optional.of(sequence(request.getSequence())) : Optional.empty(),
        request.hasExpectedOffset() ? offset(request.getExpectedOffset()) : OptionalLong.empty(),
        request.hasFenceToken() ? token(request.getFenceToken()) : OptionalLong.empty());
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

  private static OptionalLong offset(long expected) {
    if (expected < 0) {
      throw Wire.invalid("expected_offset", "is " + expected + ": offsets are 0 or more");
    }
    return OptionalLong.of(expected);
  }

  private static OptionalLong token(long token) {
    if (token <= 0) {
      throw Wire.invalid("fence_token", "is " + token + ": tokens are positive");
    }
    return OptionalLong.of(token);
  }
}
