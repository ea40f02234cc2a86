package io.thermocline.server.cli;

import io.thermocline.client.admin.Admin;
import io.thermocline.client.admin.OffsetLookup;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.record.PartitionName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline group …}. */
@Command(
    name = "group",
    description = "Look at a consumer group's place, and move it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {GroupCommand.Show.class, GroupCommand.Move.class})
final class GroupCommand extends CommandGroup {

  @Command(name = "show", description = "Show where a group is, and how far from the end.")
  static final class Show implements Runnable {
    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      List<Map<String, Object>> places = server.ask(this::places);
      Table table =
          new Table("TOPIC", "PARTITION", "OFFSET", "END", "BEHIND")
              .orElse("group " + group + " has no place anywhere");
      places.forEach(place -> table.row(place.values().toArray()));
      output.print(spec.commandLine().getOut(), places, table);
    }

    private List<Map<String, Object>> places(Admin admin) {
      Map<PartitionName, Long> offsets = admin.groupOffsets(group);
      Map<PartitionName, Long> ends =
          offsets.isEmpty() ? Map.of() : admin.offsets(offsets.keySet(), OffsetLookup.Named.LATEST);
      List<Map<String, Object>> places = new ArrayList<>();
      offsets.keySet().stream()
          .sorted(
              Comparator.comparing(PartitionName::topic).thenComparing(PartitionName::partition))
          .forEach(
              partition -> {
                Map<String, Object> place = new LinkedHashMap<>();
                place.put("topic", partition.topic());
                place.put("partition", partition.partition());
                place.put("offset", offsets.get(partition));
                place.put("end", ends.get(partition));
                place.put("behind", Math.max(0, ends.get(partition) - offsets.get(partition)));
                places.add(place);
              });
      return places;
    }
  }

  @Command(
      name = "move",
      description = "Move a group to another place in a topic.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  thermocline group move reports --topic quakes --to earliest",
        "  thermocline group move reports --topic quakes --partition 0 --to 500",
        "  thermocline group move reports --topic quakes --to 2026-02-01T00:00:00Z",
      })
  static final class Move implements Runnable {
    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group;

    @Option(
        names = "--topic",
        required = true,
        paramLabel = "TOPIC",
        description = "In which topic.")
    private String topic;

    @Option(
        names = "--partition",
        paramLabel = "N",
        converter = Limits.Partition.class,
        description = "Only this partition; all of the topic's when left out.")
    private List<Integer> partitions = List.of();

    @Option(
        names = "--to",
        required = true,
        paramLabel = "WHERE",
        converter = Limits.Where.class,
        description = "earliest, latest, an offset, or a time.")
    private Start where;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      Map<PartitionName, Long> moved = server.ask(admin -> move(admin, where));
      List<Map<String, Object>> document = new ArrayList<>();
      Table table = new Table("PARTITION", "OFFSET");
      moved.keySet().stream()
          .sorted(Comparator.comparing(PartitionName::partition))
          .forEach(
              partition -> {
                Map<String, Object> place = new LinkedHashMap<>();
                place.put("topic", partition.topic());
                place.put("partition", partition.partition());
                place.put("offset", moved.get(partition));
                document.add(place);
                table.row(partition.partition(), moved.get(partition));
              });
      output.print(spec.commandLine().getOut(), document, table);
    }

    private Map<PartitionName, Long> move(Admin admin, Start start) {
      List<PartitionName> named =
          (partitions.isEmpty()
                  ? IntStream.range(0, admin.topic(topic).partitionCount()).boxed()
                  : partitions.stream())
              .map(number -> new PartitionName(topic, number))
              .toList();
      Map<PartitionName, Long> offsets = new HashMap<>();
      if (start instanceof Start.AtOffset at) {
        checkReadable(admin, named, at.offset());
        named.forEach(partition -> offsets.put(partition, at.offset()));
      } else {
        offsets.putAll(admin.offsets(named, lookup(start)));
      }
      admin.commitOffsets(group, offsets);
      return offsets;
    }

    /** The group's next reader would fail there. */
    private static void checkReadable(Admin admin, List<PartitionName> partitions, long offset) {
      Map<PartitionName, Long> starts = admin.offsets(partitions, OffsetLookup.Named.EARLIEST);
      Map<PartitionName, Long> ends = admin.offsets(partitions, OffsetLookup.Named.LATEST);
      for (PartitionName partition : partitions) {
        if (offset < starts.get(partition) || offset > ends.get(partition)) {
          throw CommandFailure.of(
              "offset %d is outside the readable range of %s, [%d, %d]: nothing was moved"
                  .formatted(offset, partition, starts.get(partition), ends.get(partition)));
        }
      }
    }

    private static OffsetLookup lookup(Start start) {
      if (start instanceof Start.AtTimestamp at) {
        return OffsetLookup.timestamp(Instant.ofEpochMilli(at.millis()));
      }
      return start instanceof Start.Latest
          ? OffsetLookup.Named.LATEST
          : OffsetLookup.Named.EARLIEST;
    }
  }
}
