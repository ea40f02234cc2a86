package io.thermocline.server.cli;

import io.thermocline.hot.audit.AuditTotals;
import io.thermocline.hot.audit.HotAuditReport;
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
      "Audit the stored data of a server that does not run: metadata, checkpoint, every batch of every"
          + " segment, the indexes, the groups' offsets.",
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
    HotAuditReport report = audit.run(this::found);
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

  private List<String> summary(Path where, HotAuditReport report) {
    AuditTotals totals = report.totals();
    List<String> lines = new ArrayList<>();
    if (damages + notes > MAX_PRINTED) {
      lines.add("... and %d more".formatted(damages + notes - MAX_PRINTED));
    }
    lines.add(
        "%s: %d topics, %d partitions, %d segments, %d batches, %d records, %s"
            .formatted(
                where,
                report.topics().size(),
                report.logs().size(),
                totals.segments(),
                totals.batches(),
                totals.records(),
                Units.roundedBytes(totals.bytes())));
    lines.add(damages == 0 ? "nothing is wrong" : damages + " things are wrong");
    return lines;
  }

  private Map<String, Object> document(Path where, HotAuditReport report) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("directory", where.toString());
    document.put("damages", damages);
    document.put("notes", notes);
    document.put("topics", report.topics().size());
    document.put("partitions", report.logs().size());
    document.put("hot", report.totals());
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
