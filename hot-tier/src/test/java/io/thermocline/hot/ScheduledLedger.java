package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one log was asked and promised while several threads used it. Values are {@code
 * <writer.number>} and some filling; each writer counts up.
 */
final class ScheduledLedger {
  private static final int READ_BYTES = 1 << 20;

  private final TreeMap<Long, String> acknowledged = new TreeMap<>();
  private final Set<String> asked = new HashSet<>();
  private final Set<String> refused = new HashSet<>();
  private long end;
  private long hotStart;
  private long logStart;
  private long letGo;

  ScheduledLedger copy() {
    ScheduledLedger copy = new ScheduledLedger();
    copy.acknowledged.putAll(acknowledged);
    copy.asked.addAll(asked);
    copy.refused.addAll(refused);
    copy.end = end;
    copy.logStart = logStart;
    copy.letGo = letGo;
    return copy;
  }

  void ask(String value) {
    asked.add(value);
  }

  void acknowledge(String value, long offset) {
    String other = acknowledged.put(offset, value);
    if (other != null && !other.equals(value)) {
      fail("Offset %d was given to %s and to %s", offset, other, value);
    }
    see(offset + 1);
  }

  /** It is not there, and will not be. */
  void refuse(String value) {
    refused.add(value);
  }

  void see(long seenEnd) {
    end = Math.max(end, seenEnd);
  }

  /** Neither end nor hot start goes back. */
  void look(PartitionState state) {
    assertThat(state.end()).as("end").isGreaterThanOrEqualTo(end);
    assertThat(state.hotStart()).as("hot start").isGreaterThanOrEqualTo(hotStart);
    end = state.end();
    hotStart = state.hotStart();
  }

  /** What lies below may go, or be gone. */
  void askLetGo(long upTo) {
    letGo = Math.max(letGo, upTo);
  }

  void acknowledgeLogStart(long now) {
    logStart = Math.max(logStart, now);
  }

  /** Fails unless the log holds all this, in order and without a gap. */
  void check(EmbeddedHotTier tier, TopicPartition id) {
    PartitionState state = tier.state(id);
    assertThat(state.end()).as("end of %s", id).isGreaterThanOrEqualTo(end);
    assertThat(state.logStart()).as("log start of %s", id).isBetween(logStart, letGo);
    assertThat(state.hotStart()).as("hot start of %s", id).isLessThanOrEqualTo(letGo);
    Map<String, Integer> lastOfWriter = new HashMap<>();
    long next = state.hotStart();
    while (next < state.end()) {
      ReadResult answer = Waiting.on(tier.read(id, next, READ_BYTES));
      if (!(answer instanceof ReadResult.Progress progress) || !progress.lost().isEmpty()) {
        throw new AssertionError("%s at %d answers %s".formatted(id, next, answer));
      }
      for (String record : Batches.records(progress)) {
        int colon = record.indexOf(':');
        long offset = Long.parseLong(record.substring(0, colon));
        if (offset >= next) {
          assertThat(offset).as("next offset of %s", id).isEqualTo(next);
          checkValue(id, offset, name(record.substring(colon + 1)), lastOfWriter);
          next++;
        }
      }
    }
  }

  private void checkValue(
      TopicPartition id, long offset, String value, Map<String, Integer> lastOfWriter) {
    String promised = acknowledged.get(offset);
    assertThat(promised == null || promised.equals(value))
        .as("%s at %d of %s, where %s was promised", value, offset, id, promised)
        .isTrue();
    assertThat(asked).as("asked for at %d of %s", offset, id).contains(value);
    assertThat(refused).as("refused and still at %d of %s", offset, id).doesNotContain(value);
    int dot = value.indexOf('.');
    int number = Integer.parseInt(value.substring(dot + 1, value.length() - 1));
    Integer before = lastOfWriter.put(value.substring(0, dot), number);
    assertThat(before == null || before < number)
        .as("%s at %d of %s comes after number %s of its writer", value, offset, id, before)
        .isTrue();
  }

  /** The part of a value that names it. */
  static String name(String value) {
    return value.substring(0, value.indexOf('>') + 1);
  }
}
