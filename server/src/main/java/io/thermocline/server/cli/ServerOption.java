package io.thermocline.server.cli;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.Admin;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Option;

/** Which server a command talks to. */
final class ServerOption {
  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:THERMOCLINE_SERVER:-localhost:7400}",
      converter = Limits.Address.class,
      description =
          "The server; also by THERMOCLINE_SERVER in the environment. Default: localhost:7400.")
  private String address;

  /** Kept, as a logger that nobody holds forgets its level. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  ThermoclineClient connect() {
    return connect(address);
  }

  /** A client of the server at {@code HOST:PORT}. */
  static ThermoclineClient connect(String address) {
    // It tells a failure with a stack trace of its own, beside the one line that Failures prints.
    GRPC.setLevel(Level.SEVERE);
    return ThermoclineClient.connect(address, ClientOptions.defaults());
  }

  /** Asks one thing, and hangs up. */
  <T> T ask(Function<Admin, T> question) {
    try (ThermoclineClient client = connect()) {
      return question.apply(client.admin());
    }
  }
}
