package io.thermocline.tiering.policy;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Policies that were read and found good. Immutable.
 *
 * @param text the document as it was written
 * @param policies in its order; the first that matches a topic applies
 */
public record PolicyDocument(String text, List<Policy> policies) {

  /**
   * One policy.
   *
   * @param settings all of them, defaults filled in
   * @param lines where the keys that are written stand
   */
  record Policy(List<TopicGlob> topics, TopicPolicy settings, Map<PolicyKey, Integer> lines) {
    Policy {
      topics = List.copyOf(topics);
      Objects.requireNonNull(settings, "settings");
      lines = Map.copyOf(lines);
    }
  }

  /**
   * One setting in force.
   *
   * @param value as one would write it
   * @param source {@code line 12}, or {@code default}
   */
  public record Setting(PolicyKey key, String value, String source) {}

  /**
   * What holds for a topic.
   *
   * @param policyIndex which policy matched, from 0; -1 when none did and the defaults hold
   * @param settings every key, in the order of {@link PolicyKey}
   */
  public record Effective(int policyIndex, TopicPolicy policy, List<Setting> settings) {
    public Effective {
      settings = List.copyOf(settings);
    }
  }

  public PolicyDocument {
    Objects.requireNonNull(text, "text");
    policies = List.copyOf(policies);
  }

  /** The settings of the first policy that matches, or the defaults. */
  public TopicPolicy of(String topic) {
    int index = indexOf(topic);
    return index < 0 ? TopicPolicy.defaults() : policies.get(index).settings();
  }

  /** The largest target of a data file in a policy that tiers; 0 when none does. */
  public long largestFileBytes() {
    return policies.stream()
        .map(policy -> policy.settings().tiering())
        .filter(TopicPolicy.Tiering::enabled)
        .mapToLong(TopicPolicy.Tiering::targetFileBytes)
        .max()
        .orElse(0);
  }

  /** The same with each setting's source, for people. */
  public Effective effective(String topic) {
    int index = indexOf(topic);
    TopicPolicy policy = of(topic);
    Map<PolicyKey, Integer> lines = index < 0 ? Map.of() : policies.get(index).lines();
    List<Setting> settings =
        List.of(PolicyKey.values()).stream()
            .map(
                key ->
                    new Setting(
                        key,
                        key.textIn(policy),
                        lines.containsKey(key) ? "line " + lines.get(key) : "default"))
            .toList();
    return new Effective(index, policy, settings);
  }

  private int indexOf(String topic) {
    for (int i = 0; i < policies.size(); i++) {
      if (policies.get(i).topics().stream().anyMatch(glob -> glob.matches(topic))) {
        return i;
      }
    }
    return -1;
  }
}
