package io.thermocline.server.cli;

import io.thermocline.cold.RecoverableTopic;
import io.thermocline.server.ConfigurationOptions;
import io.thermocline.server.Recovery;
import io.thermocline.server.RecoveryPlan;
import io.thermocline.server.RecoveryPlan.Revived;
import io.thermocline.server.RecoveryPlan.RevivedPartition;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thermocline recover}. */
@Command(
    name = "recover",
    description = {
      "Bring topics back from a warehouse alone, into an empty data directory: when the machine is"
          + " gone, and its disk.",
      "",
      "Every topic comes back with its partitions, its policy and all that was tiered. What was"
          + " acknowledged and not tiered is lost; each partition goes on 2^40 offsets behind what"
          + " was tiered, so that no offset is used twice. The warehouse gets a new owner: a server"
          + " that still ran on it could commit nothing more.",
      "",
      "Can be run again when it was broken off, and goes on.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline recover --from s3://lake/thermocline --dry-run",
      "  thermocline recover --from s3://lake/thermocline --config thermocline.yaml",
      "  thermocline recover --from file:/mnt/warehouse --set data.dir=/var/lib/thermocline",
    })
final class RecoverCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      paramLabel = "WAREHOUSE",
      description =
          "Where the tables lie, as in storage.warehouse, which it stands for; a server on this data"
              + " directory needs it there.")
  private String from;

  @Option(names = "--dry-run", description = "Only tell what would come back. Changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--skip-damaged",
      description =
          "Leave topics aside that can't be brought back whole, instead of refusing the run.")
  private boolean skipDamaged;

  @Mixin private ConfigurationOptions options;
  @Mixin private OutputOption output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Recovery recovery =
        Recovery.of(
            options.load(Optional.ofNullable(from).map(where -> "storage.warehouse=" + where)),
            InstantSource.system());
    RecoveryPlan plan = dryRun ? recovery.plan() : recovery.run(skipDamaged);
    PrintWriter out = spec.commandLine().getOut();
    if (output.isJson()) {
      out.println(Json.pretty(document(plan)));
    } else {
      table(plan).print(out);
      lines(plan).forEach(out::println);
      out.println(
          dryRun
              ? "%s is owned by cluster %s with epoch %d. Nothing was changed."
                  .formatted(
                      plan.warehouse().location(),
                      plan.warehouse().owner(),
                      plan.warehouse().epoch())
              : "Recovered into %s. Serve it with storage.warehouse=%s."
                  .formatted(recovery.directory(), plan.warehouse().location()));
    }
    return plan.problems().isEmpty() ? ExitCode.OK : ExitCode.DATA_LOST;
  }

  private static Table table(RecoveryPlan plan) {
    Table table =
        new Table("TOPIC", "PARTITION", "LOG START", "TIERED TO", "LOST", "GOES ON AT", "NOTED AT")
            .orElse("No topic comes back.");
    for (Revived topic : plan.topics()) {
      for (RevivedPartition part : topic.partitions()) {
        table =
            table.row(
                topic.topic().name(),
                part.number(),
                part.logStart(),
                part.tieredTo(),
                lost(part),
                part.goesOnAt(),
                topic.found().notedAt().truncatedTo(ChronoUnit.SECONDS));
      }
    }
    return table;
  }

  /** What came after the last note nobody here knows of. */
  private static String lost(RevivedPartition part) {
    return part.knownEnd().isPresent()
        ? "[%d, %d) and what came later".formatted(part.tieredTo(), part.knownEnd().getAsLong())
        : "from %d on, what was not tiered".formatted(part.tieredTo());
  }

  private static List<String> lines(RecoveryPlan plan) {
    List<String> lines = new ArrayList<>();
    plan.problems().forEach(problem -> lines.add("DAMAGED " + problem));
    for (RecoverableTopic topic : plan.warehouse().topics()) {
      String name = topic.id().name();
      topic.remarks().forEach(remark -> lines.add("note    topic '%s' %s".formatted(name, remark)));
      topic
          .table()
          .filter(RecoverableTopic.Table::registered)
          .ifPresent(
              table ->
                  lines.add(
                      "note    topic '%s': the catalog has table %s already, at %s, and it is used"
                          .formatted(name, table.name(), table.metadata())));
    }
    if (plan.warehouse().policies().isEmpty()) {
      lines.add("note    the warehouse has no policies: the configuration's are in force");
    }
    return lines;
  }

  private Map<String, Object> document(RecoveryPlan plan) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("warehouse", plan.warehouse().location());
    document.put("dryRun", dryRun);
    document.put("topics", plan.topics().stream().map(RecoverCommand::document).toList());
    document.put(
        "problems",
        plan.problems().stream()
            .map(problem -> Map.of("topic", problem.topic(), "problem", problem.text()))
            .toList());
    document.put("notes", lines(plan));
    return document;
  }

  private static Map<String, Object> document(Revived topic) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("topic", topic.topic().name());
    document.put("id", topic.topic().id().uuid());
    document.put("notedAt", topic.found().notedAt());
    document.put("table", topic.found().table().map(RecoverableTopic.Table::name));
    document.put("metadata", topic.found().table().map(RecoverableTopic.Table::metadata));
    document.put("partitions", topic.partitions().stream().map(RecoverCommand::document).toList());
    return document;
  }

  private static Map<String, Object> document(RevivedPartition part) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("partition", part.number());
    document.put("logStart", part.logStart());
    document.put("tieredTo", part.tieredTo());
    document.put("lostFrom", part.tieredTo());
    document.put("knownEnd", part.knownEnd().isPresent() ? part.knownEnd().getAsLong() : null);
    document.put("goesOnAt", part.goesOnAt());
    return document;
  }
}
