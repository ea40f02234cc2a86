package io.thermocline.server.cli;

import io.thermocline.client.admin.Admin;
import io.thermocline.client.admin.PolicyReport;
import io.thermocline.model.Units;
import io.thermocline.server.config.FileFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline policy …}. */
@Command(
    name = "policy",
    description = "Check, preview, apply and show the topic policies.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PolicyCommand.Validate.class,
      PolicyCommand.Plan.class,
      PolicyCommand.Apply.class,
      PolicyCommand.Get.class,
    })
final class PolicyCommand extends CommandGroup {

  @Command(
      name = "validate",
      description = "Check a policy file: every fault at once, with its place. Changes nothing.")
  static final class Validate implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "YAML.")
    private Path file;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      String yaml = read(file);
      List<PolicyReport.Problem> problems = server.ask(admin -> admin.validatePolicies(yaml));
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        out.println(Json.pretty(problems));
      } else if (problems.isEmpty()) {
        out.println(file + " is good");
      } else {
        tell(spec.commandLine().getErr(), file, problems);
      }
      return problems.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  @Command(
      name = "plan",
      description =
          "Show what a policy file would tier, trim and delete now. Changes nothing. Without a file:"
              + " what the policies in force are about to do.")
  static final class Plan implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "YAML.")
    private Path file;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      String yaml = file == null ? "" : read(file);
      return server.ask(
          admin -> {
            if (file != null && isBad(admin, yaml, file, spec)) {
              return ExitCode.FAILED;
            }
            PolicyReport.Plan plan = admin.planPolicies(yaml);
            output.print(spec.commandLine().getOut(), plan, table(plan.actions()));
            return ExitCode.OK;
          });
    }
  }

  @Command(
      name = "apply",
      description = "Make a policy file effective, and show what it makes happen.",
      footerHeading = "%nExample:%n",
      footer = "  thermocline policy plan policies.yaml && thermocline policy apply policies.yaml")
  static final class Apply implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "YAML.")
    private Path file;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      String yaml = read(file);
      return server.ask(
          admin -> {
            if (isBad(admin, yaml, file, spec)) {
              return ExitCode.FAILED;
            }
            List<PolicyReport.Action> actions = admin.applyPolicies(yaml);
            if (!output.isJson()) {
              spec.commandLine().getOut().println(file + " is in force");
            }
            output.print(spec.commandLine().getOut(), actions, table(actions));
            return ExitCode.OK;
          });
    }
  }

  @Command(
      name = "get",
      description = "Print the policies in force.",
      footerHeading = "%nExample:%n",
      footer = "  thermocline policy get --effective quakes")
  static final class Get implements Runnable {
    @Option(
        names = "--effective",
        paramLabel = "TOPIC",
        description = "Instead: each setting of this topic, and where it comes from.")
    private String topic;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      PolicyReport.InForce inForce = server.ask(Admin::policiesInForce);
      PrintWriter out = spec.commandLine().getOut();
      if (topic != null) {
        PolicyReport.Effective effective =
            inForce.effective().stream()
                .filter(each -> each.topic().equals(topic))
                .findFirst()
                .orElseThrow(() -> CommandFailure.of("no topic '" + topic + "'"));
        Table table = new Table("KEY", "VALUE", "FROM");
        effective
            .settings()
            .forEach(setting -> table.row(setting.key(), setting.value(), setting.source()));
        output.print(out, effective, table);
      } else if (output.isJson()) {
        out.println(Json.pretty(inForce));
      } else {
        out.print(inForce.yaml().isEmpty() ? "# no policies: the defaults apply" : inForce.yaml());
        if (!inForce.yaml().endsWith("\n")) {
          out.println();
        }
      }
    }
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new FileSystemException(file.toString(), null, FileFailure.reason(e));
    }
  }

  private static boolean isBad(Admin admin, String yaml, Path file, CommandSpec spec) {
    List<PolicyReport.Problem> problems = admin.validatePolicies(yaml);
    tell(spec.commandLine().getErr(), file, problems);
    return !problems.isEmpty();
  }

  private static void tell(PrintWriter err, Path file, List<PolicyReport.Problem> problems) {
    problems.forEach(problem -> err.println(file + ":" + problem));
  }

  private static Table table(List<PolicyReport.Action> actions) {
    Table table =
        new Table("ACTION", "TOPIC", "PARTITION", "OFFSETS", "SIZE", "BECAUSE OF")
            .orElse("nothing would be tiered, trimmed or deleted now");
    for (PolicyReport.Action action : actions) {
      table.row(
          action.kind().name().toLowerCase(Locale.ROOT),
          action.topic(),
          action.partition(),
          action.range(),
          Units.roundedBytes(action.bytes()),
          action.reason());
    }
    return table;
  }
}
