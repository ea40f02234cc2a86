package io.thermocline.server.cli;

import io.thermocline.client.record.PartitionName;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline topic fence}. */
@Command(
    name = "fence",
    description = {
      "Raise a partition's fence: from then on only who holds this token, or a higher one, can append.",
      "'topic describe' shows the fence there is.",
    },
    footerHeading = "%nExample:%n",
    footer = "  thermocline topic fence quakes --partition 0 --expected 0 --token 1")
final class FenceCommand implements Runnable {
  @Parameters(paramLabel = "TOPIC", description = "Its name.")
  private String name;

  @Option(
      names = "--partition",
      required = true,
      paramLabel = "N",
      converter = Limits.Partition.class,
      description = "Which partition.")
  private int partition;

  @Option(
      names = "--expected",
      required = true,
      paramLabel = "TOKEN",
      converter = Limits.Offset.class,
      description = "The fence as you know it, 0 for none: another one is left as it is.")
  private long expected;

  @Option(
      names = "--token",
      required = true,
      paramLabel = "TOKEN",
      converter = Limits.LongCount.class,
      description = "The new one, higher than that.")
  private long token;

  @Mixin private ServerOption server;
  @Mixin private OutputOption output;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PartitionName where = new PartitionName(name, partition);
    long fence = server.ask(admin -> admin.raiseFence(where, expected, token));
    TopicCommand.say(
        spec,
        output,
        Map.of("topic", name, "partition", partition, "fence", fence),
        where + " now takes appends with token " + fence + " or higher only");
  }
}
