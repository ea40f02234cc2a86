package io.thermocline.server.cli;

import io.thermocline.model.ThermoclineException;
import io.thermocline.server.ConfigCommand;
import io.thermocline.server.ServeCommand;
import io.thermocline.server.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code thermocline}: the root of the command line. */
@Command(
    name = "thermocline",
    description = "A streaming log whose history is a lakehouse table.",
    subcommands = {ServeCommand.class, ConfigCommand.class, DemoCommand.class})
public final class ThermoclineCommand {
  private static final int FAILED = 1;

  private ThermoclineCommand() {}

  /** The whole command line, ready to execute. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new ThermoclineCommand());
    commandLine.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (!(failure instanceof ThermoclineException)) {
            throw failure;
          }
          command.getErr().println("thermocline: " + failure.getMessage());
          return FAILED;
        });
    return commandLine;
  }
}
