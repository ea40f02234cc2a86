package io.thermocline.server.cli;

import io.thermocline.client.admin.TieringReport;
import io.thermocline.model.Units;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline tier …}. */
@Command(
    name = "tier",
    description = "Look at tiering, and do it now.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TierCommand.Status.class, TierCommand.Run.class})
final class TierCommand extends CommandGroup {

  @Command(name = "status", description = "Show what is tiered and what waits.")
  static final class Status implements Runnable {
    @Parameters(
        paramLabel = "TOPIC",
        arity = "0..1",
        defaultValue = "",
        description = "All topics when left out.")
    private String topic;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      TieringReport.Overview overview = server.ask(admin -> admin.tieringOverview(topic));
      Table table =
          new Table(
                  "TOPIC",
                  "PARTITION",
                  "TIERED",
                  "LOG START",
                  "HOT START",
                  "TIERED TO",
                  "END",
                  "WAITING",
                  "SINCE",
                  "OLDEST",
                  "FILES",
                  "SIZE",
                  "PROBLEM")
              .orElse("no partitions");
      for (TieringReport.Status status : overview.partitions()) {
        table.row(
            status.topic(),
            status.partition(),
            status.enabled() ? "yes" : "no",
            status.logStart(),
            status.hotStart(),
            status.tieredTo(),
            status.end(),
            Units.roundedBytes(status.lagBytes()),
            status.lag().map(TierCommand::rounded).orElse(""),
            status.oldestUntiered().map(at -> at.truncatedTo(ChronoUnit.SECONDS) + "").orElse(""),
            status.coldFiles(),
            Units.roundedBytes(status.coldBytes()),
            status.problem());
      }
      PrintWriter out = spec.commandLine().getOut();
      output.print(out, overview, table);
      if (!output.isJson()) {
        printCounts(overview, out);
      }
    }

    private static void printCounts(TieringReport.Overview overview, PrintWriter out) {
      out.println();
      out.println(
          "commits since the start: "
              + (overview.commits().isEmpty()
                  ? "none"
                  : overview.commits().entrySet().stream()
                      .map(each -> each.getValue() + " " + each.getKey())
                      .collect(Collectors.joining(", "))));
      out.println(
          "found in caches: "
              + overview.caches().stream()
                  .map(
                      use ->
                          "%s %d of %d"
                              .formatted(use.cache(), use.hits(), use.hits() + use.misses()))
                  .collect(Collectors.joining(", ")));
    }
  }

  @Command(
      name = "run",
      description = "Tier everything that is durable, now. Returns when it is done.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  thermocline tier run",
        "  thermocline tier run quakes --trim-all    (also frees the local disk)",
      })
  static final class Run implements Callable<Integer> {
    @Parameters(
        paramLabel = "TOPIC",
        arity = "0..1",
        defaultValue = "",
        description = "All tiered topics when left out.")
    private String topic;

    @Option(
        names = "--trim-all",
        description =
            "Let go of every tiered record's local copy, whatever hot retention says. They stay"
                + " readable from the cold tier.")
    private boolean trimAll;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      List<TieringReport.Move> moves = server.ask(admin -> admin.runTiering(topic, trimAll));
      Table table =
          new Table(
                  "TOPIC",
                  "PARTITION",
                  "TIERED",
                  "RECORDS",
                  "FILES",
                  "SIZE",
                  "HOT START",
                  "PROBLEM")
              .orElse("nothing to tier");
      for (TieringReport.Move move : moves) {
        table.row(
            move.topic(),
            move.partition(),
            move.tiered().isEmpty() ? "nothing new" : move.tiered(),
            move.records(),
            move.files(),
            Units.roundedBytes(move.coldBytes()),
            move.hotStart(),
            move.problem());
      }
      output.print(spec.commandLine().getOut(), moves, table);
      boolean failed = moves.stream().anyMatch(move -> !move.problem().isEmpty());
      if (failed) {
        spec.commandLine().getErr().println("thermocline: not everything could be tiered");
      }
      return failed ? ExitCode.FAILED : ExitCode.OK;
    }
  }

  /** A duration for a person: its two largest units. */
  static String rounded(Duration duration) {
    if (duration.toDays() > 0) {
      return duration.toDays() + "d " + duration.toHoursPart() + "h";
    }
    if (duration.toHours() > 0) {
      return duration.toHours() + "h " + duration.toMinutesPart() + "m";
    }
    return duration.toMinutes() > 0
        ? duration.toMinutes() + "m " + duration.toSecondsPart() + "s"
        : duration.toSeconds() + "s";
  }
}
