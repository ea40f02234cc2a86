package io.thermocline.server.cli;

import io.thermocline.client.admin.Admin;
import io.thermocline.model.Compression;
import io.thermocline.server.ConfigCommand;
import io.thermocline.server.ServeCommand;
import io.thermocline.server.demo.DemoCommand;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** {@code thermocline}: the root of the command line. */
@Command(
    name = "thermocline",
    description = "A streaming log whose history is a lakehouse table.",
    versionProvider = VersionCommand.Provider.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      TopicCommand.class,
      ProduceCommand.class,
      ConsumeCommand.class,
      OffsetsCommand.class,
      GroupCommand.class,
      TierCommand.class,
      PolicyCommand.class,
      SqlCommand.class,
      ConfigCommand.class,
      DumpCommand.class,
      VerifyCommand.class,
      RecoverCommand.class,
      VersionCommand.class,
      GenerateCompletion.class,
      HelpCommand.class,
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed, and what failed changed nothing",
      "2:the command line is wrong",
      "3:it is not known whether a write was done: look before repeating it",
      "4:the server can't be reached, or can't do it now: try again later",
      "5:stored records are damaged; they were named, or left out of the output",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline topic create quakes --partitions 3",
      "  thermocline produce quakes quakes.jsonl --key /id --timestamp /properties/time",
      "  thermocline consume quakes --from earliest --format json",
      "  thermocline sql \"SELECT count(*) FROM quakes\"",
      "",
      "Shell completion: source <(thermocline generate-completion)",
    })
public final class ThermoclineCommand implements Runnable {
  @Spec private CommandSpec spec;

  private ThermoclineCommand() {}

  /** The whole command line: execute it with the arguments, and exit with what that returns. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new ThermoclineCommand());
    Failures failures = new Failures();
    commandLine.setExecutionExceptionHandler(failures);
    commandLine.setParameterExceptionHandler(failures);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExecutionStrategy(ThermoclineCommand::runAndFlush);
    commandLine.registerConverter(Admin.Cold.class, Limits.word(Admin.Cold.class));
    commandLine.registerConverter(Compression.class, Limits.word(Compression.class));
    commandLine.registerConverter(SqlCommand.Format.class, Limits.word(SqlCommand.Format.class));
    addHelp(commandLine);
    commandLine
        .getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version.")
                .build());
    return commandLine;
  }

  /** Only a whole line is flushed by itself, and what is printed may end otherwise. */
  private static int runAndFlush(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } finally {
      parsed.asCommandLineList().forEach(each -> each.getOut().flush());
    }
  }

  private static void addHelp(CommandLine commandLine) {
    if (!(commandLine.getCommand() instanceof HelpCommand)
        && commandLine.getCommandSpec().findOption("--help") == null) {
      commandLine
          .getCommandSpec()
          .addOption(
              OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .description("Show this help.")
                  .build());
    }
    commandLine.getSubcommands().values().forEach(ThermoclineCommand::addHelp);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing");
  }
}
