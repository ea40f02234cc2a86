package io.thermocline.bench.compare;

import io.thermocline.bench.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Our server, started from the checkout as {@code ./thermocline serve} starts it. */
record ThermoclineContender(Path home) implements Contender {
  private static final String HEAP = "512m";

  @Override
  public String name() {
    return "thermocline";
  }

  @Override
  public Broker start(Path directory, Map<String, String> settings) throws IOException {
    return new ThermoclineBroker(ServerProcess.start(home, directory, HEAP, settings));
  }
}
