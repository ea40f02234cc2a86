package io.thermocline.server.cli;

import io.thermocline.client.Admin;
import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Which server a command talks to. */
final class ServerOption {
  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:THERMOCLINE_SERVER:-localhost:7400}",
      description =
          "The server; also by THERMOCLINE_SERVER in the environment. Default: localhost:7400.")
  private String address;

  ThermoclineClient connect() {
    return ThermoclineClient.connect(address, ClientOptions.defaults());
  }

  /** Asks one thing, and hangs up. */
  <T> T ask(Function<Admin, T> question) {
    try (ThermoclineClient client = connect()) {
      return question.apply(client.admin());
    }
  }
}
