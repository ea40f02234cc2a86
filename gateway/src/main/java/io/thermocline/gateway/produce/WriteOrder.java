package io.thermocline.gateway.produce;

import io.thermocline.gateway.stream.NamedPartition;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The order of one Produce call's batches in each partition, and what was refused there. Behind a
 * refused batch without a sequence, others without one are refused until one carries the restart
 * mark.
 *
 * <p>A batch is handed on while those before it are unanswered, as long as whatever refuses one of
 * them refuses it too. Of what it demands of its place that is not so: behind one that demands an
 * offset, or holds another fence token, it waits. Not thread-safe.
 */
final class WriteOrder {
  private final Map<NamedPartition, Lane> lanes = new HashMap<>();
  private final Set<NamedPartition> refused = new HashSet<>();

  /** A partition's batches without sequence that are unanswered, and all that wait behind them. */
  private static final class Lane {
    private final Deque<ProduceMessage> waiting = new ArrayDeque<>(1);
    private boolean handingOn;
    private int unanswered;
    private boolean demandsOffset;
    private long fenceToken;

    boolean mustWait(ProduceMessage message) {
      return unanswered > 0
          && !message.isSequenced()
          && (demandsOffset || fenceToken != message.fenceToken());
    }

    void handOn(ProduceMessage message) {
      if (!message.isSequenced()) {
        unanswered++;
        demandsOffset = message.demandsOffset();
        fenceToken = message.fenceToken();
      }
    }

    boolean isEmpty() {
      return unanswered == 0 && waiting.isEmpty() && !handingOn;
    }
  }

  /** Whether a batch that has come may be handed on at once; else {@link #next} gives it. */
  boolean mayPass(NamedPartition key, ProduceMessage message) {
    Lane lane =
        message.isSequenced() ? lanes.get(key) : lanes.computeIfAbsent(key, unused -> new Lane());
    if (lane == null) {
      return true;
    }
    if (lane.handingOn || !lane.waiting.isEmpty() || lane.mustWait(message)) {
      lane.waiting.add(message);
      return false;
    }
    lane.handOn(message);
    return true;
  }

  /** Takes the next waiting batch that may be handed on; those behind it wait for the next call. */
  Optional<ProduceMessage> next(NamedPartition key) {
    Lane lane = lanes.get(key);
    if (lane == null) {
      return Optional.empty();
    }
    ProduceMessage first = lane.waiting.peek();
    lane.handingOn = first != null && !lane.mustWait(first);
    if (!lane.handingOn) {
      forgetEmpty(key, lane);
      return Optional.empty();
    }
    lane.handOn(lane.waiting.remove());
    return Optional.of(first);
  }

  /**
   * Notes the answer of a batch without sequence.
   *
   * @return whether others have waited for it
   */
  boolean answered(NamedPartition key, boolean wasRefused) {
    if (wasRefused) {
      refused.add(key);
    }
    Lane lane = lanes.get(key);
    lane.unanswered--;
    forgetEmpty(key, lane);
    return lane.unanswered == 0 && !lane.waiting.isEmpty() && !lane.handingOn;
  }

  private void forgetEmpty(NamedPartition key, Lane lane) {
    if (lane.isEmpty()) {
      lanes.remove(key);
    }
  }

  /** Partitions where a batch was refused, and the mark has not come. */
  int refused() {
    return refused.size();
  }

  /**
   * Judges a batch without sequence that is handed on, by what was refused before it.
   *
   * @throws ThermoclineException {@link ErrorKind#PRIOR_BATCH_REFUSED}
   */
  void check(NamedPartition key, boolean restart) {
    if (restart) {
      refused.remove(key);
    } else if (refused.contains(key)) {
      throw new ThermoclineException(
          ErrorKind.PRIOR_BATCH_REFUSED,
          "An earlier batch of %s was refused on this stream: send from there again, the first one"
                  .formatted(key)
              + " with the restart mark");
    }
  }
}
