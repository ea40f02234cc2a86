package io.thermocline.server;

import io.thermocline.server.config.Configuration;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code thermocline config}. */
@Command(
    name = "config",
    description = "Look at the server's configuration.",
    subcommands = ConfigCommand.Explain.class)
public final class ConfigCommand {

  /** {@code thermocline config explain}. */
  @Command(
      name = "explain",
      description =
          "Print each effective value and where it came from. Secrets are references, never values.",
      footerHeading = "%nExample:%n",
      footer = "  THERMOCLINE_GRPC_PORT=7500 thermocline config explain --config thermocline.yaml")
  static final class Explain implements Callable<Integer> {
    @Mixin private ConfigurationOptions options;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      List<Configuration.Explained> lines = options.load().explain();
      int keyWidth = lines.stream().mapToInt(line -> line.key().length()).max().orElse(0);
      int valueWidth = lines.stream().mapToInt(line -> line.value().length()).max().orElse(0);
      PrintWriter out = spec.commandLine().getOut();
      for (Configuration.Explained line : lines) {
        out.printf(
            "%-" + keyWidth + "s  %-" + Math.max(1, valueWidth) + "s  %s%n",
            line.key(),
            line.value(),
            line.source());
      }
      return 0;
    }
  }
}
