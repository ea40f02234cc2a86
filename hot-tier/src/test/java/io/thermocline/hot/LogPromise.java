package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** What one partition was asked, and what it promised. Values are known by their number. */
final class LogPromise {
  private static final int READ_BYTES = 1 << 20;

  /** What was acknowledged or read, by offset. */
  private final TreeMap<Long, Long> values = new TreeMap<>();

  /** What was asked for and may be there or not. */
  private final Set<Long> open = new HashSet<>();

  /** The largest end that anybody saw. */
  private long end;

  private long logStart;
  private long logStartAsked;
  private long trimAsked;

  LogPromise copy() {
    LogPromise copy = new LogPromise();
    copy.values.putAll(values);
    copy.open.addAll(open);
    copy.end = end;
    copy.logStart = logStart;
    copy.logStartAsked = logStartAsked;
    copy.trimAsked = trimAsked;
    return copy;
  }

  void ask(List<Long> numbers) {
    open.addAll(numbers);
  }

  void acknowledge(List<Long> numbers, long baseOffset) {
    for (int i = 0; i < numbers.size(); i++) {
      Long other = values.put(baseOffset + i, numbers.get(i));
      if (other != null) {
        fail("offset %d was given twice: values %d, %d", baseOffset + i, other, numbers.get(i));
      }
    }
    open.removeAll(numbers);
    see(baseOffset + numbers.size());
  }

  /** It was refused and must never be there. */
  void refuse(List<Long> numbers) {
    open.removeAll(numbers);
  }

  void see(long seenEnd) {
    end = Math.max(end, seenEnd);
  }

  long end() {
    return end;
  }

  void askLogStart(long asked) {
    logStartAsked = Math.max(logStartAsked, asked);
  }

  void acknowledgeLogStart(long now) {
    logStart = Math.max(logStart, now);
  }

  void askTrim(long asked) {
    trimAsked = Math.max(trimAsked, asked);
  }

  /** Fails unless the log holds all this; what it holds is the promise from here on. */
  LogPromise check(EmbeddedHotTier tier, TopicPartition id) {
    PartitionState state = tier.state(id);
    assertThat(state.logStart()).as("log start of %s", id).isBetween(logStart, logStartAsked);
    assertThat(state.hotStart())
        .as("hot start of %s", id)
        .isLessThanOrEqualTo(Math.max(trimAsked, logStartAsked));
    assertThat(state.end()).as("end of %s", id).isGreaterThanOrEqualTo(end);
    LogPromise found = new LogPromise();
    found.end = state.end();
    found.logStart = state.logStart();
    found.logStartAsked = state.logStart();
    found.trimAsked = state.hotStart();
    readAll(tier, id, state, found);
    return found;
  }

  private void readAll(
      EmbeddedHotTier tier, TopicPartition id, PartitionState state, LogPromise found) {
    long[] last = {-1};
    long next = state.hotStart();
    while (next < state.end()) {
      ReadResult answer = Await.result(tier.read(id, next, READ_BYTES));
      if (!(answer instanceof ReadResult.Progress progress)) {
        throw new AssertionError("%s at %d answers %s".formatted(id, next, answer));
      }
      assertThat(progress.lost()).as("lost ranges of %s", id).isEqualTo(List.<OffsetRange>of());
      long[] expected = {next};
      for (RecordBatch batch : progress.batches()) {
        Values.read(
            batch,
            (number, offset) -> {
              if (offset >= expected[0]) {
                assertThat(offset).as("next offset of %s", id).isEqualTo(expected[0]);
                assertThat(number)
                    .as("order of values at %d of %s", offset, id)
                    .isGreaterThan(last[0]);
                expected[0]++;
                last[0] = number;
                checkValue(id, offset, number);
                found.values.put(offset, number);
              }
            });
      }
      assertThat(progress.nextOffset()).as("gap in %s", id).isEqualTo(expected[0]);
      next = expected[0];
    }
  }

  private void checkValue(TopicPartition id, long offset, long number) {
    Long promised = values.get(offset);
    if (promised == null) {
      assertThat(open.contains(number))
          .as("value %d at %d of %s was asked for", number, offset, id)
          .isTrue();
    } else {
      assertThat(number).as("value at %d of %s", offset, id).isEqualTo(promised);
    }
  }
}
