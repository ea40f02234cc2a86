package io.thermocline.server.cli;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.AuditReport;
import io.thermocline.hot.audit.AuditTotals;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.AuditFinding.Severity;
import io.thermocline.model.Units;
import io.thermocline.server.ConfigurationOptions;
import io.thermocline.server.DataAudit;
import io.thermocline.server.config.Configuration;
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
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline verify}. */
@Command(
    name = "verify",
    description = {
      "Audit the stored data of a server that was stopped or killed: metadata, checkpoint, journal,"
          + " every batch of every segment, the indexes, the notes on producers, the groups'"
          + " offsets; then the tables, every record of every data file, that DuckDB reads the same"
          + " from it, and that the tiers together have all offsets from log start to end.",
      "",
      "With --server, audit a running one: every batch on its disk, every data file, both tiers"
          + " together. It may be produced to, tier, trim and expire meanwhile. The server reads at"
          + " its verify.maxBytesPerSecond, one audit at a time.",
      "",
      "Prints what is wrong, by partition and offset range, and exits with 5 if anything is."
          + " Changes nothing.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline verify",
      "  thermocline verify /var/lib/thermocline --json",
      "  thermocline verify --server localhost:7400",
      "  thermocline verify --server localhost:7400 --topic orders",
    })
final class VerifyCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DATA_DIR",
      arity = "0..1",
      description = "The data directory; the configuration's data.dir when left out.")
  private Path directory;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      converter = Limits.Address.class,
      description = "Audit this running server, not a directory.")
  private String server;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      defaultValue = "",
      description = "With --server: audit this topic alone.")
  private String topic;

  @Option(names = "--quiet", description = "Leave out the notes on what is not wrong.")
  private boolean quiet;

  @Option(
      names = "--hot-only",
      description = "Audit the local disk alone, and leave the catalog and the object store alone.")
  private boolean hotOnly;

  @Option(
      names = "--no-duckdb",
      description = "Leave out that DuckDB reads every data file too, and must read the same.")
  private boolean withoutDuckDb;

  @Mixin private ConfigurationOptions options;
  @Mixin private OutputOption output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    VerifyOutput findings = new VerifyOutput(spec.commandLine().getOut(), output.isJson(), quiet);
    if (server == null) {
      refuse(!topic.isEmpty(), "--topic goes with --server: a directory is audited whole");
      return directory(findings);
    }
    refuse(directory != null, "--server and a directory do not go together");
    refuse(hotOnly, "--hot-only is for a directory: it does not go with --server");
    return server(findings);
  }

  private void refuse(boolean wrong, String why) {
    if (wrong) {
      throw new ParameterException(spec.commandLine(), why);
    }
  }

  private int server(VerifyOutput findings) {
    AuditReport.Totals totals;
    try (ThermoclineClient client = ServerOption.connect(server)) {
      totals =
          client
              .admin()
              .verify(
                  topic,
                  !withoutDuckDb,
                  found ->
                      findings.found(
                          found.damage(),
                          found.topic().isEmpty() ? Optional.empty() : Optional.of(found.topic()),
                          found.partition().isPresent()
                              ? Optional.of(found.partition().getAsInt())
                              : Optional.empty(),
                          found.offsets(),
                          found.place(),
                          found.problem()));
    }
    Map<String, Object> hot = new LinkedHashMap<>();
    hot.put("batches", totals.hotBatches());
    hot.put("records", totals.hotRecords());
    hot.put("bytes", totals.hotBytes());
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("topics", totals.topics());
    counts.put("partitions", totals.partitions());
    counts.put("hot", hot);
    counts.put(
        "cold",
        VerifyOutput.tableCounts(
            totals.tables(), totals.files(), totals.coldRecords(), totals.coldBytes()));
    List<String> lines =
        List.of(
            "%s: %s, %s, %s, %s, %s"
                .formatted(
                    server,
                    VerifyOutput.count(totals.topics(), "topic"),
                    VerifyOutput.count(totals.partitions(), "partition"),
                    VerifyOutput.count(totals.hotBatches(), "batch"),
                    VerifyOutput.count(totals.hotRecords(), "record"),
                    Units.roundedBytes(totals.hotBytes())),
            VerifyOutput.tables(
                totals.tables(), totals.files(), totals.coldRecords(), totals.coldBytes()));
    return findings.end("server", server, lines, counts);
  }

  private int directory(VerifyOutput findings) {
    Configuration configuration =
        options.load(directory == null ? Optional.empty() : Optional.of("data.dir=" + directory));
    DataAudit audit = DataAudit.of(configuration);
    AuditFinding.Sink sink =
        found ->
            findings.found(
                found.severity() == Severity.DAMAGE,
                found.partition().map(id -> id.topic().name()),
                found.partition().map(id -> id.partition()),
                found.offsets(),
                found.place(),
                found.problem());
    DataAudit.Report report = hotOnly ? audit.runHot(sink) : audit.run(!withoutDuckDb, sink);
    AuditTotals totals = report.hot().totals();
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("topics", report.hot().topics().size());
    counts.put("partitions", report.hot().logs().size());
    counts.put("hot", totals);
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s, %s, %s, %s, %s, %s"
            .formatted(
                audit.directory(),
                VerifyOutput.count(report.hot().topics().size(), "topic"),
                VerifyOutput.count(report.hot().logs().size(), "partition"),
                VerifyOutput.count(totals.segments(), "segment"),
                VerifyOutput.count(totals.batches(), "batch"),
                VerifyOutput.count(totals.records(), "record"),
                Units.roundedBytes(totals.bytes())));
    report
        .cold()
        .ifPresent(
            cold -> {
              int tables = cold.tables().size();
              lines.add(VerifyOutput.tables(tables, cold.files(), cold.records(), cold.bytes()));
              counts.put(
                  "cold",
                  VerifyOutput.tableCounts(tables, cold.files(), cold.records(), cold.bytes()));
            });
    return findings.end("directory", audit.directory().toString(), lines, counts);
  }
}
