package io.thermocline.server;

import io.thermocline.server.cli.ThermoclineCommand;

/** The {@code thermocline} command. */
public final class Main {
  private Main() {}

  /** Runs the command line, and exits with its code. */
  public static void main(String[] args) {
    System.exit(ThermoclineCommand.commandLine().execute(args));
  }
}
