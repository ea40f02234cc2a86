package io.thermocline.server;

import io.thermocline.server.cli.ThermoclineCommand;

/** The {@code thermocline} command. */
public final class Main {
  private Main() {}

  /** Runs the command line, and exits with its code. */
  public static void main(String[] args) {
    // The JDK's HTTP server waits for ever on a slow peer unless told not to; it reads this once,
    // when it is loaded.
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    System.exit(ThermoclineCommand.commandLine().execute(args));
  }
}
