package io.thermocline.hot;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.model.Appended;
import io.thermocline.model.ThermoclineException;

/** What its caller is told of a batch, once all before it is told. */
sealed interface Answer {

  /** It is written, and is told once it is durable. */
  record Written(BatchHeader header) implements Answer {}

  /**
   * It repeats another batch.
   *
   * @param end told once all below it is durable: one past the other's last offset
   */
  record Repeat(Appended place, long end) implements Answer {}

  /**
   * It is not written.
   *
   * @param end told once all below it is durable, for the reason may name it
   */
  record Refused(ThermoclineException why, long end) implements Answer {}
}
