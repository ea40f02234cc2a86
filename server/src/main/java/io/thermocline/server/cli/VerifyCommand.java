package io.thermocline.server.cli;

import io.thermocline.hot.audit.AuditTotals;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.AuditFinding.Severity;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Units;
import io.thermocline.server.ConfigurationOptions;
import io.thermocline.server.DataAudit;
import io.thermocline.server.config.Configuration;
import java.io.PrintWriter;
import java.nio.file.Path;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline verify}. */
@Command(
    name = "verify",
    description = {
      "Audit the stored data of a server that was stopped or killed: metadata, checkpoint, journal,"
          + " every batch of every segment, the indexes, the notes on producers, the groups' offsets;"
          + " then the tables, every record of every data file, and that the tiers together have all"
          + " offsets from log start to end.",
      "",
      "Prints what is wrong, by partition and offset range, and exits with 5 if anything is. Changes"
          + " nothing.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline verify",
      "  thermocline verify /var/lib/thermocline --json",
    })
final class VerifyCommand implements Callable<Integer> {
  /** More are counted, not printed. */
  private static final int MAX_PRINTED = 10_000;

  @Parameters(
      paramLabel = "DATA_DIR",
      arity = "0..1",
      description = "The data directory; the configuration's data.dir when left out.")
  private Path directory;

  @Option(names = "--quiet", description = "Leave out the notes on what is not wrong.")
  private boolean quiet;

  @Option(
      names = "--hot-only",
      description = "Audit the local disk alone, and leave the catalog and the object store alone.")
  private boolean hotOnly;

  @Mixin private ConfigurationOptions options;
  @Mixin private OutputOption output;
  @Spec private CommandSpec spec;

  private final List<AuditFinding> kept = new ArrayList<>();
  private long damages;
  private long notes;

  @Override
  public Integer call() {
    Configuration configuration =
        options.load(directory == null ? Optional.empty() : Optional.of("data.dir=" + directory));
    DataAudit audit = DataAudit.of(configuration);
    PrintWriter out = spec.commandLine().getOut();
    DataAudit.Report report = hotOnly ? audit.runHot(this::found) : audit.run(this::found);
    if (output.isJson()) {
      out.println(Json.pretty(document(audit.directory(), report)));
    } else {
      summary(audit.directory(), report).forEach(out::println);
    }
    return damages > 0 ? ExitCode.DATA_LOST : ExitCode.OK;
  }

  private void found(AuditFinding finding) {
    boolean damage = finding.severity() == Severity.DAMAGE;
    long before = damages + notes;
    damages += damage ? 1 : 0;
    notes += damage ? 0 : 1;
    if ((quiet && !damage) || before >= MAX_PRINTED) {
      return;
    }
    if (output.isJson()) {
      kept.add(finding);
    } else {
      spec.commandLine().getOut().println((damage ? "DAMAGED " : "note    ") + finding);
    }
  }

  private List<String> summary(Path where, DataAudit.Report report) {
    AuditTotals totals = report.hot().totals();
    List<String> lines = new ArrayList<>();
    if (damages + notes > MAX_PRINTED) {
      lines.add("... and %d more".formatted(damages + notes - MAX_PRINTED));
    }
    lines.add(
        "%s: %d topics, %d partitions, %d segments, %d batches, %d records, %s"
            .formatted(
                where,
                report.hot().topics().size(),
                report.hot().logs().size(),
                totals.segments(),
                totals.batches(),
                totals.records(),
                Units.roundedBytes(totals.bytes())));
    report
        .cold()
        .ifPresent(
            cold ->
                lines.add(
                    "%d tables, %d data files, %d records, %s"
                        .formatted(
                            cold.tables().size(),
                            cold.files(),
                            cold.records(),
                            Units.roundedBytes(cold.bytes()))));
    lines.add(damages == 0 ? "nothing is wrong" : damages + " things are wrong");
    return lines;
  }

  private Map<String, Object> document(Path where, DataAudit.Report report) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("directory", where.toString());
    document.put("damages", damages);
    document.put("notes", notes);
    document.put("topics", report.hot().topics().size());
    document.put("partitions", report.hot().logs().size());
    document.put("hot", report.hot().totals());
    report
        .cold()
        .ifPresent(
            cold -> {
              Map<String, Object> files = new LinkedHashMap<>();
              files.put("tables", cold.tables().size());
              files.put("files", cold.files());
              files.put("records", cold.records());
              files.put("bytes", cold.bytes());
              document.put("cold", files);
            });
    document.put("findings", kept.stream().map(VerifyCommand::document).toList());
    return document;
  }

  private static Map<String, Object> document(AuditFinding finding) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("severity", finding.severity());
    document.put("topic", finding.partition().map(id -> id.topic().name()));
    document.put("partition", finding.partition().map(id -> id.partition()));
    Optional<OffsetRange> offsets = finding.offsets();
    document.put("offsets", offsets);
    document.put("place", finding.place());
    document.put("problem", finding.problem());
    return document;
  }
}
