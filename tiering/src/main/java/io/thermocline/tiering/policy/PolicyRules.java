package io.thermocline.tiering.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.thermocline.model.Units;
import java.util.EnumMap;
import java.util.Map;

/** What the schema cannot say of one policy: keys without effect, and keys at odds. */
final class PolicyRules {
  private final YamlTree tree;
  private final String pointer;
  private final JsonNode policy;
  private final Map<PolicyKey, String> written;
  private final FaultSink faults;

  /**
   * @param written its keys that are right in themselves
   */
  PolicyRules(
      YamlTree tree,
      String pointer,
      JsonNode policy,
      Map<PolicyKey, String> written,
      FaultSink faults) {
    this.tree = tree;
    this.pointer = pointer;
    this.policy = policy;
    this.written = written;
    this.faults = faults;
  }

  /** All settings of a policy without faults. */
  static TopicPolicy settings(JsonNode policy, Map<PolicyKey, String> written) {
    Map<PolicyKey, String> all = new EnumMap<>(PolicyKey.class);
    for (PolicyKey key : PolicyKey.values()) {
      all.put(key, key.defaultText());
    }
    all.put(PolicyKey.TIERING_ENABLED, String.valueOf(policy.has("tiering")));
    all.putAll(written);
    String target = all.get(PolicyKey.TIERING_TARGET_FILE_BYTES);
    String least = all.get(PolicyKey.TIERING_MIN_FILE_BYTES);
    if (Units.parseBytes(target) < Units.parseBytes(least)) {
      // Not both are written, see orderly(): the default follows.
      boolean isLeastWritten = written.containsKey(PolicyKey.TIERING_MIN_FILE_BYTES);
      all.put(PolicyKey.TIERING_MIN_FILE_BYTES, isLeastWritten ? least : target);
      all.put(PolicyKey.TIERING_TARGET_FILE_BYTES, isLeastWritten ? least : target);
    }
    return TopicPolicy.of(all::get);
  }

  void check() {
    if (!policy.isObject()) {
      return;
    }
    TopicPolicy settings = settings(policy, orderly());
    if (settings.tiering().enabled()) {
      checkTiering(settings);
    } else {
      checkWithoutTiering();
    }
  }

  private void checkTiering(TopicPolicy settings) {
    if (isBelow(PolicyKey.TIERING_TARGET_FILE_BYTES, PolicyKey.TIERING_MIN_FILE_BYTES)) {
      fault(
          PolicyKey.TIERING_TARGET_FILE_BYTES,
          "tiering.targetFileBytes %s is less than tiering.minFileBytes %s"
              .formatted(
                  written.get(PolicyKey.TIERING_TARGET_FILE_BYTES),
                  written.get(PolicyKey.TIERING_MIN_FILE_BYTES)));
    }
    settings
        .retention()
        .age()
        .filter(age -> age.compareTo(settings.tiering().maxLag()) <= 0)
        .ifPresent(
            age ->
                fault(
                    PolicyKey.RETENTION_AGE,
                    ("retention.age %s would delete records before they are tiered:"
                            + " tiering.maxLag is %s; raise the one or lower the other")
                        .formatted(
                            Units.exactDuration(age), PolicyKey.TIERING_MAX_LAG.textIn(settings))));
    if (isBelow(PolicyKey.RETENTION_AGE, PolicyKey.HOT_RETAIN)) {
      fault(
          PolicyKey.HOT_RETAIN,
          "hot.retain %s has no effect: retention.age %s deletes the records before"
              .formatted(written.get(PolicyKey.HOT_RETAIN), written.get(PolicyKey.RETENTION_AGE)));
    }
  }

  private void checkWithoutTiering() {
    boolean saysSo = policy.has("tiering");
    String because = saysSo ? "tiering.enabled is false" : "this policy has no 'tiering' section";
    for (PolicyKey key : PolicyKey.values()) {
      boolean ineffective =
          key.section().equals("hot")
              || (key.section().equals("tiering") && key != PolicyKey.TIERING_ENABLED);
      String inside = PolicyParser.pointerOf(pointer, key);
      if (ineffective && !tree.root().at(inside).isMissingNode()) {
        faults.add(tree.key(inside), inside, key.path() + " has no effect: " + because);
      }
    }
  }

  /** Whether both are written, are no limit "unlimited", and the first is less than the second. */
  private boolean isBelow(PolicyKey less, PolicyKey more) {
    String a = written.get(less);
    String b = written.get(more);
    if (a == null || b == null || a.equals(PolicyKey.UNLIMITED) || b.equals(PolicyKey.UNLIMITED)) {
      return false;
    }
    return less.form.isSize()
        ? Units.parseBytes(a) < Units.parseBytes(b)
        : Units.parseDuration(a).compareTo(Units.parseDuration(b)) < 0;
  }

  /** The written keys without the pair that could not stand in one record. */
  private Map<PolicyKey, String> orderly() {
    Map<PolicyKey, String> orderly = new EnumMap<>(PolicyKey.class);
    orderly.putAll(written);
    if (isBelow(PolicyKey.TIERING_TARGET_FILE_BYTES, PolicyKey.TIERING_MIN_FILE_BYTES)) {
      orderly.remove(PolicyKey.TIERING_MIN_FILE_BYTES);
    }
    return orderly;
  }

  private void fault(PolicyKey key, String message) {
    String inside = PolicyParser.pointerOf(pointer, key);
    faults.add(tree.value(inside), inside, message);
  }
}
