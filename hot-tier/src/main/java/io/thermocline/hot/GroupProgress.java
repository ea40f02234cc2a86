package io.thermocline.hot;

import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.LogStamp;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** How far a group of batches has come: {@code answered <= begun}. All are answered in order. */
final class GroupProgress {
  private final List<PendingBatch> group;
  private final List<Answer> answers = new ArrayList<>();
  private int begun;
  private int answered;
  private int written;

  GroupProgress(List<PendingBatch> group) {
    this.group = group;
  }

  /** Whether all were begun. */
  boolean allBegun() {
    return begun == group.size();
  }

  /** Whether all were answered. */
  boolean allAnswered() {
    return answered == group.size();
  }

  /** The first that is not begun. */
  PendingBatch next() {
    return group.get(begun);
  }

  /** Something of the next one may be in the file from now on. */
  PendingBatch begin() {
    return group.get(begun++);
  }

  /** The one begun last lies behind those before it. */
  void written(BatchHeader header) {
    answers.add(new Answer.Written(header));
    written++;
  }

  /** The next one is not written. */
  void settled(Answer answer) {
    answers.add(answer);
    begun++;
  }

  /** How many were written and are not answered. */
  int written() {
    return written;
  }

  /** What was written and is not answered, in order, as it lies in the file. */
  void copyWritten(ByteBuffer into, LogStamp stamp, long firstPosition) {
    long position = firstPosition;
    for (int i = answered; i < begun; i++) {
      if (answers.get(i) instanceof Answer.Written place) {
        place.header().write(into, stamp, position);
        into.put(group.get(i).content().payload().duplicate());
        position += place.header().totalBytes();
      }
    }
  }

  /**
   * Answers those that are begun; what was written is durable.
   *
   * @param forcedTo one past the last offset that a force has reached
   */
  void answer(long forcedTo, HotMetrics metrics) {
    written = 0;
    while (answered < begun) {
      PendingBatch batch = group.get(answered);
      Answer answer = answers.get(answered++);
      if (answer instanceof Answer.Written place) {
        BatchHeader header = place.header();
        batch.acknowledge(
            new Appended(header.baseOffset(), header.appendTimeMillis()), forcedTo, metrics);
      } else {
        tell(batch, answer, metrics);
      }
    }
  }

  private static void tell(PendingBatch batch, Answer answer, HotMetrics metrics) {
    if (answer instanceof Answer.Repeat repeat) {
      batch.repeats(repeat.place(), metrics);
    } else if (answer instanceof Answer.Refused refused) {
      batch.fail(refused.why(), metrics);
    }
  }

  /**
   * Answers the rest, of which nothing is written any more.
   *
   * @param durableEnd all below it is durable
   */
  void fail(ThermoclineException why, long durableEnd, Admission admission, HotMetrics metrics) {
    while (answered < group.size()) {
      PendingBatch batch = group.get(answered);
      Answer answer = answered < answers.size() ? answers.get(answered) : null;
      boolean begunOne = answered < begun;
      answered++;
      if (answer == null && !begunOne) {
        fail(batch, why, durableEnd, admission, metrics);
      } else if (answer instanceof Answer.Refused refused) {
        batch.fail(refused.end() <= durableEnd ? refused.why() : why, metrics);
      } else if (answer instanceof Answer.Repeat repeat && repeat.end() <= durableEnd) {
        batch.repeats(repeat.place(), metrics);
      } else {
        batch.fail(outcomeUnknown(why), metrics);
      }
    }
  }

  /** Answers a batch that nobody began to write: it may still repeat one that was. */
  static void fail(
      PendingBatch batch,
      ThermoclineException why,
      long durableEnd,
      Admission admission,
      HotMetrics metrics) {
    Answer.Repeat repeat;
    try {
      repeat = why.kind() == ErrorKind.LOG_FAILED ? admission.repeat(batch) : null;
    } catch (ThermoclineException refused) {
      batch.fail(refused, metrics);
      return;
    }
    if (repeat == null) {
      batch.fail(why, metrics);
    } else if (repeat.end() <= durableEnd) {
      batch.repeats(repeat.place(), metrics);
    } else {
      batch.fail(outcomeUnknown(why), metrics);
    }
  }

  private static ThermoclineException outcomeUnknown(ThermoclineException failure) {
    return new ThermoclineException(
        ErrorKind.OUTCOME_UNKNOWN,
        "The batch may or may not survive a restart: " + failure.getMessage(),
        failure);
  }
}
