package io.thermocline.server.cli;

import io.thermocline.client.admin.Admin;
import io.thermocline.client.admin.OffsetLookup;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.OffsetAndTimestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline offsets}. */
@Command(
    name = "offsets",
    description = "Show where a topic's partitions begin, end, and leave the server's disk.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline offsets quakes",
      "  thermocline offsets quakes --at 2026-02-01T00:00:00Z",
      "  thermocline offsets quakes --max-timestamp",
    })
final class OffsetsCommand implements Runnable {
  @Parameters(paramLabel = "TOPIC", description = "Its name.")
  private String topic;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = Limits.Time.class,
      description =
          "Instead: the smallest offset with this timestamp or a later one; the end where there is"
              + " none.")
  private Instant at;

  @Option(
      names = "--max-timestamp",
      description =
          "Instead: the record with the largest timestamp, over both tiers; the first where several"
              + " have it.")
  private boolean maxTimestamp;

  @Mixin private ServerOption server;
  @Mixin private OutputOption output;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    if (maxTimestamp && at != null) {
      throw new ParameterException(
          spec.commandLine(), "--at and --max-timestamp are two questions: ask one");
    }
    Map<String, OffsetLookup> lookups = lookups();
    List<Map<String, Object>> document = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("PARTITION"));
    lookups.keySet().forEach(name -> heading.add(heading(name)));
    if (maxTimestamp) {
      heading.addAll(List.of("OFFSET", "TIMESTAMP"));
    }
    Table table = new Table(heading);
    for (Map<String, Object> row :
        server.ask(admin -> maxTimestamp ? latest(admin) : ask(admin, lookups))) {
      document.add(row);
      table.row(row.values().toArray());
    }
    output.print(spec.commandLine().getOut(), document, table);
  }

  private Map<String, OffsetLookup> lookups() {
    Map<String, OffsetLookup> lookups = new LinkedHashMap<>();
    if (maxTimestamp) {
      return lookups;
    }
    if (at != null) {
      lookups.put("offset", OffsetLookup.timestamp(at));
    } else {
      lookups.put("logStart", OffsetLookup.Named.EARLIEST);
      lookups.put("hotStart", OffsetLookup.Named.EARLIEST_LOCAL);
      lookups.put("tieredTo", OffsetLookup.Named.LATEST_TIERED);
      lookups.put("end", OffsetLookup.Named.LATEST);
    }
    return lookups;
  }

  private List<Map<String, Object>> ask(Admin admin, Map<String, OffsetLookup> lookups) {
    List<PartitionName> partitions = partitions(admin);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (PartitionName partition : partitions) {
      rows.add(new LinkedHashMap<>(Map.of("partition", partition.partition())));
    }
    lookups.forEach(
        (name, lookup) -> {
          Map<PartitionName, Long> offsets = admin.offsets(partitions, lookup);
          partitions.forEach(
              partition -> rows.get(partition.partition()).put(name, offsets.get(partition)));
        });
    return rows;
  }

  /** Partitions without records are left out. */
  private List<Map<String, Object>> latest(Admin admin) {
    List<PartitionName> partitions = partitions(admin);
    Map<PartitionName, OffsetAndTimestamp> found =
        admin.timedOffsets(partitions, OffsetLookup.Named.MAX_TIMESTAMP);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (PartitionName partition : partitions) {
      OffsetAndTimestamp record = found.get(partition);
      if (record != null) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("partition", partition.partition());
        row.put("offset", record.offset());
        row.put("timestamp", Instant.ofEpochMilli(record.timestampMillis()));
        rows.add(row);
      }
    }
    return rows;
  }

  private List<PartitionName> partitions(Admin admin) {
    return IntStream.range(0, admin.topic(topic).partitionCount())
        .mapToObj(number -> new PartitionName(topic, number))
        .toList();
  }

  /** {@code logStart} as {@code LOG START}. */
  private static String heading(String name) {
    return name.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
  }
}
