package io.thermocline.tiering;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Picks runs to let go of over the partitions of a topic: by age in each, then, while the topic is
 * over a size, the oldest of all. In each partition runs go from the front only.
 */
final class OldestFirst {

  /** The front of one partition. */
  static final class Lane {
    private final List<Timeline.Run> runs;
    private int gone;
    private long bytesLeft;
    private String reason = "";

    Lane(List<Timeline.Run> runs, long bytesLeft) {
      this.runs = List.copyOf(runs);
      this.bytesLeft = bytesLeft;
    }

    /** The runs that go. */
    List<Timeline.Run> gone() {
      return runs.subList(0, gone);
    }

    /** The rule that took the last of them. */
    String reason() {
      return reason;
    }

    private boolean hasMore() {
      return gone < runs.size() && runs.get(gone).closed();
    }

    private Timeline.Run head() {
      return runs.get(gone);
    }

    private void take(String rule) {
      bytesLeft -= head().bytes();
      reason = rule;
      gone++;
    }
  }

  private final List<Lane> lanes = new ArrayList<>();

  /**
   * Adds a partition.
   *
   * @param runs that may go, oldest first; none after one that is not closed
   * @param bytes of the whole partition, toward the size limit
   */
  Lane lane(List<Timeline.Run> runs, long bytes) {
    Lane lane = new Lane(runs, bytes);
    lanes.add(lane);
    return lane;
  }

  /** Takes from the front of each partition what the rule asks for. */
  void takeWhile(Predicate<Timeline.Run> asked, String rule) {
    for (Lane lane : lanes) {
      while (lane.hasMore() && asked.test(lane.head())) {
        lane.take(rule);
      }
    }
  }

  /** Takes the oldest until the topic is no larger than the limit, or nothing is left to take. */
  void takeDownTo(OptionalLong maxBytes, String rule) {
    if (maxBytes.isEmpty()) {
      return;
    }
    long total = lanes.stream().mapToLong(lane -> lane.bytesLeft).sum();
    while (total > maxBytes.getAsLong()) {
      Lane oldest =
          lanes.stream()
              .filter(Lane::hasMore)
              .min(Comparator.comparingLong(lane -> lane.head().appended()))
              .orElse(null);
      if (oldest == null) {
        return;
      }
      total -= oldest.head().bytes();
      oldest.take(rule);
    }
  }
}
