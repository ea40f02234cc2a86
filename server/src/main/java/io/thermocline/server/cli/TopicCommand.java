package io.thermocline.server.cli;

import io.thermocline.client.admin.Admin;
import io.thermocline.client.admin.TopicDescription;
import io.thermocline.client.admin.TopicSummary;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.Units;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline topic …}. */
@Command(
    name = "topic",
    description = "Create, list, look at, grow, fence, cut and delete topics.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TopicCommand.Create.class,
      TopicCommand.ListAll.class,
      TopicCommand.Describe.class,
      TopicCommand.Alter.class,
      FenceCommand.class,
      TopicCommand.DeleteRecords.class,
      TopicCommand.Delete.class,
    })
final class TopicCommand extends CommandGroup {

  @Command(
      name = "create",
      description = "Create a topic.",
      footerHeading = "%nExample:%n",
      footer = "  thermocline topic create quakes --partitions 3")
  static final class Create implements Runnable {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Option(
        names = {"-p", "--partitions"},
        paramLabel = "N",
        defaultValue = "1",
        converter = Limits.Count.class,
        description = "How many partitions; they can grow, never shrink. Default: 1.")
    private int partitions;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      TopicSummary topic = server.ask(admin -> admin.createTopic(name, partitions));
      say(spec, output, topic, "created " + shown(topic, " with "));
    }
  }

  @Command(name = "list", description = "List all topics.")
  static final class ListAll implements Runnable {
    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      List<TopicSummary> topics = server.ask(Admin::listTopics);
      Table table = new Table("TOPIC", "PARTITIONS", "CREATED", "ID").orElse("no topics");
      topics.forEach(
          topic -> table.row(topic.name(), topic.partitionCount(), topic.createTime(), topic.id()));
      output.print(spec.commandLine().getOut(), topics, table);
    }
  }

  @Command(
      name = "describe",
      description = "Show what of a topic lies where, in both tiers.",
      footerHeading = "%nExample:%n",
      footer = "  thermocline topic describe quakes --files")
  static final class Describe implements Runnable {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Option(names = "--files", description = "Also list the Parquet files of the cold tier.")
    private boolean files;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      TopicDescription topic = server.ask(admin -> admin.describeTopic(name, files));
      PrintWriter out = spec.commandLine().getOut();
      if (!output.isJson()) {
        printHead(out, topic);
      }
      output.print(out, topic, partitions(topic));
      if (!output.isJson() && files) {
        out.println();
        files(topic).print(out);
      }
    }

    private static void printHead(PrintWriter out, TopicDescription topic) {
      out.println("topic    " + topic.topic().name());
      out.println("id       " + topic.topic().id());
      out.println("created  " + topic.topic().createTime());
      if (!topic.table().isEmpty()) {
        out.println("table    " + topic.table() + " at " + topic.tableLocation());
      }
      if (!topic.coldAvailable()) {
        out.println("         (the cold tier can't be asked now: cold numbers are the last known)");
      }
      out.println();
    }

    private static Table partitions(TopicDescription topic) {
      Table table =
          new Table(
              "PARTITION",
              "LOG START",
              "HOT START",
              "TIERED TO",
              "END",
              "HOT",
              "SEGMENTS",
              "COLD",
              "FILES",
              "FENCE",
              "LOST");
      for (TopicDescription.Partition partition : topic.partitions()) {
        table.row(
            partition.partition(),
            partition.logStart(),
            partition.hotStart(),
            partition.tieredTo(),
            partition.end(),
            Units.roundedBytes(partition.hotBytes()),
            partition.hotSegments(),
            Units.roundedBytes(partition.coldBytes()),
            partition.coldFiles(),
            partition.fence() == 0 ? "" : partition.fence(),
            partition.lost().isEmpty() ? "" : partition.lost());
      }
      return table;
    }

    private static Table files(TopicDescription topic) {
      Table table =
          new Table("PARTITION", "OFFSETS", "ROWS", "SIZE", "LOCATION").orElse("no files yet");
      for (TopicDescription.Partition partition : topic.partitions()) {
        partition
            .files()
            .forEach(
                file ->
                    table.row(
                        partition.partition(),
                        file.range(),
                        file.rows(),
                        Units.roundedBytes(file.bytes()),
                        file.location()));
      }
      return table;
    }
  }

  @Command(
      name = "alter",
      description = "Grow a topic.",
      footerHeading = "%nExample:%n",
      footer = "  thermocline topic alter quakes --partitions 6")
  static final class Alter implements Runnable {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Option(
        names = {"-p", "--partitions"},
        required = true,
        paramLabel = "N",
        converter = Limits.Count.class,
        description =
            "How many partitions it has from now on, not less than now. Keys then go to other"
                + " partitions than before.")
    private int partitions;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      TopicSummary topic = server.ask(admin -> admin.growTopic(name, partitions));
      say(spec, output, topic, shown(topic, " now has "));
    }
  }

  @Command(
      name = "delete-records",
      description = "Delete the oldest records of a partition, for every reader.",
      footerHeading = "%nExample:%n",
      footer = "  thermocline topic delete-records quakes --partition 0 --before 500")
  static final class DeleteRecords implements Runnable {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Option(
        names = "--partition",
        required = true,
        paramLabel = "N",
        converter = Limits.Partition.class,
        description = "In which partition.")
    private int partition;

    @Option(
        names = "--before",
        required = true,
        paramLabel = "OFFSET",
        description = "Records below this offset go; 'end' deletes all there are.")
    private String before;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      PartitionName where = new PartitionName(name, partition);
      if (!before.matches("end|[0-9]{1,18}")) {
        throw new ParameterException(
            spec.commandLine(), "--before is an offset or 'end', not '" + before + "'");
      }
      long logStart =
          server.ask(
              admin ->
                  before.equals("end")
                      ? admin.deleteAllRecords(where)
                      : admin.deleteRecords(where, Long.parseLong(before)));
      say(
          spec,
          output,
          Map.of("topic", name, "partition", partition, "logStart", logStart),
          where + " now starts at offset " + logStart);
    }
  }

  @Command(
      name = "delete",
      description = "Delete a topic.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  thermocline topic delete quakes --cold purge",
        "  thermocline topic delete quakes --cold keep    (its Iceberg table stays)",
      })
  static final class Delete implements Runnable {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name;

    @Option(
        names = "--cold",
        required = true,
        paramLabel = "keep|purge",
        description = "What becomes of its Iceberg table and files.")
    private Admin.Cold cold;

    @Mixin private ServerOption server;
    @Mixin private OutputOption output;
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      Map<String, Object> document =
          server.ask(
              admin -> {
                admin.deleteTopic(name, cold);
                return Map.of("deleted", name, "cold", cold.name().toLowerCase(Locale.ROOT));
              });
      String kept = cold == Admin.Cold.KEEP ? "; its table stays" : ", its table too";
      say(spec, output, document, "deleted " + name + kept);
    }
  }

  static void say(CommandSpec spec, OutputOption output, Object document, String line) {
    spec.commandLine().getOut().println(output.isJson() ? Json.pretty(document) : line);
  }

  private static String shown(TopicSummary topic, String has) {
    int partitions = topic.partitionCount();
    return topic.name() + has + partitions + (partitions == 1 ? " partition" : " partitions");
  }
}
