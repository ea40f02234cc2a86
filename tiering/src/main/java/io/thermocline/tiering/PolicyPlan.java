package io.thermocline.tiering;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.util.List;

/**
 * What policies make happen, before anything does.
 *
 * @param actions in order of topic and partition
 * @param effective the settings of each topic, and where they come from
 */
public record PolicyPlan(List<Action> actions, List<Effective> effective) {

  /** What is done to a range. */
  public enum Kind {
    /** Copied into the cold tier. */
    TIER,
    /** The local copy of tiered records goes. */
    TRIM,
    /** Deleted for good, from both tiers. */
    DELETE
  }

  /**
   * One thing that would be done.
   *
   * @param bytes counted once for each offset, where it lies
   * @param reason the rule that asks for it, as in {@code retention.age 7d}
   */
  public record Action(
      Kind kind, TopicPartition id, OffsetRange range, long bytes, String reason) {}

  /**
   * The settings in force for a topic.
   *
   * @param policyIndex the policy they come from, counted from 0; -1 when none matched
   */
  public record Effective(TopicId topic, int policyIndex, List<Setting> settings) {}

  /**
   * One setting.
   *
   * @param key as in {@code hot.retain}
   * @param value as one would write it
   * @param source {@code default}, or {@code line 12}
   */
  public record Setting(String key, String value, String source) {}

  public PolicyPlan {
    actions = List.copyOf(actions);
    effective = List.copyOf(effective);
  }
}
