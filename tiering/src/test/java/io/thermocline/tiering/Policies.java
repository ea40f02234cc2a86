package io.thermocline.tiering;

import io.thermocline.tiering.policy.PolicyStore;
import io.thermocline.tiering.policy.TopicPolicy;

/** Policies to test with, read as a user would write them. */
final class Policies {
  private Policies() {}

  /** A document with one policy for all topics: lines such as {@code hot: { retain: 1h }}. */
  static String document(String... lines) {
    StringBuilder yaml =
        new StringBuilder(
            """
            apiVersion: thermocline/v1
            kind: TopicPolicies
            policies:
              - topics: ["*"]
            """);
    for (String line : lines) {
      yaml.append("    ").append(line).append('\n');
    }
    return yaml.toString();
  }

  static TopicPolicy of(String... lines) {
    return PolicyStore.parse(document(lines)).of("any");
  }
}
