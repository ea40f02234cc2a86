package io.thermocline.tiering.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Finds patterns that no topic can reach, as an earlier one matches all it matches. */
final class Reachability {
  /** Each pattern is compared with those before it. */
  private static final int MAX_PATTERNS = 4_000;

  private record Seen(TopicGlob glob, int policy, int line) {}

  private final YamlTree tree;
  private final FaultSink faults;
  private final List<Seen> seen = new ArrayList<>();

  Reachability(YamlTree tree, FaultSink faults) {
    this.tree = tree;
    this.faults = faults;
  }

  void check() {
    JsonNode policies = tree.root().path("policies");
    for (int i = 0; i < policies.size(); i++) {
      JsonNode topics = policies.path(i).path("topics");
      for (int j = 0; j < topics.size(); j++) {
        if (topics.path(j).isTextual()) {
          check(i, "/policies/" + i + "/topics/" + j, new TopicGlob(topics.path(j).textValue()));
        }
      }
    }
  }

  private void check(int policy, String pointer, TopicGlob glob) {
    if (seen.size() >= MAX_PATTERNS) {
      if (seen.size() == MAX_PATTERNS) {
        faults.add(tree.value(pointer), pointer, "more than " + MAX_PATTERNS + " patterns in all");
      }
      seen.add(new Seen(glob, policy, 0));
      return;
    }
    for (Seen earlier : seen) {
      if (earlier.glob().covers(glob)) {
        String by = "'" + earlier.glob().pattern() + "' on line " + earlier.line();
        faults.add(
            tree.value(pointer),
            pointer,
            earlier.policy() == policy
                ? "'" + glob.pattern() + "' has no effect: " + by + " matches the same topics"
                : "no topic reaches '%s': policies[%d] with %s matches first"
                    .formatted(glob.pattern(), earlier.policy(), by));
        return;
      }
    }
    seen.add(new Seen(glob, policy, tree.value(pointer).line()));
  }
}
