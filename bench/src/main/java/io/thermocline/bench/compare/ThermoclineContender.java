package io.thermocline.bench.compare;

import io.thermocline.bench.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Our server, started from the checkout as {@code ./thermocline serve} starts it. It tiers nothing,
 * as the peer does not, unless the settings name policies of their own.
 */
record ThermoclineContender(Path home) implements Contender {
  private static final String HEAP = "512m";

  private static final String POLICIES =
      """
      apiVersion: thermocline/v1
      kind: TopicPolicies
      policies:
        - topics: ["*"]
          tiering: { enabled: false }
      """;

  @Override
  public String name() {
    return "thermocline";
  }

  @Override
  public Broker start(Path directory, Map<String, String> settings) throws IOException {
    Path policies =
        Files.writeString(
            directory.resolveSibling(directory.getFileName() + "-policies.yaml"), POLICIES);
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("policies.file", policies.toString());
    return new ThermoclineBroker(ServerProcess.start(home, directory, HEAP, all));
  }
}
