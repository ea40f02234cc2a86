package io.thermocline.client.admin;

import io.thermocline.model.OffsetRange;
import java.util.List;
import java.util.OptionalInt;

/** What policies say, and what they make happen. */
public final class PolicyReport {
  private PolicyReport() {}

  /**
   * Something wrong with a policy document.
   *
   * @param line from 1
   * @param column from 1
   * @param path of the key, as in {@code policies[0].hot.retain}
   * @param message what is wrong
   */
  public record Problem(int line, int column, String path, String message) {
    @Override
    public String toString() {
      return line + ":" + column + " " + (path.isEmpty() ? "" : path + ": ") + message;
    }
  }

  /** What is done to records. */
  public enum ActionKind {
    /** Copied into the cold tier. */
    TIER,
    /** Their local copy is let go. */
    TRIM,
    /** Deleted for good, from both tiers. */
    DELETE
  }

  /**
   * One thing a policy makes happen.
   *
   * @param kind what
   * @param topic whose records
   * @param partition in which partition
   * @param range which offsets
   * @param bytes their size
   * @param reason the rule that asks for it
   */
  public record Action(
      ActionKind kind, String topic, int partition, OffsetRange range, long bytes, String reason) {}

  /**
   * The settings in force for a topic.
   *
   * @param topic its name
   * @param policyIndex which policy of the document, from 0; empty when the defaults apply
   * @param settings each key, in the order of the reference page
   */
  public record Effective(String topic, OptionalInt policyIndex, List<Setting> settings) {}

  /**
   * One key.
   *
   * @param key its name
   * @param value its value
   * @param source where that came from: {@code default}, or a line
   */
  public record Setting(String key, String value, String source) {}

  /**
   * What would happen.
   *
   * @param actions what the policies make happen now
   * @param effective what they mean for each topic
   */
  public record Plan(List<Action> actions, List<Effective> effective) {}

  /**
   * What is in force.
   *
   * @param yaml the document
   * @param effective what it means for each topic
   */
  public record InForce(String yaml, List<Effective> effective) {}
}
