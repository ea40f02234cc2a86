package io.thermocline.server.cli;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.OffsetRange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code thermocline consume}. */
@Command(
    name = "consume",
    description = "Print a topic's records, out of both tiers, one a line.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline consume quakes",
      "  thermocline consume quakes --from 2026-02-01T00:00:00Z --format json",
      "  thermocline consume quakes --from latest --follow --group reports",
    })
final class ConsumeCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(500);

  @Parameters(paramLabel = "TOPIC", description = "What to read.")
  private String topic;

  @Option(
      names = "--from",
      paramLabel = "WHERE",
      defaultValue = "earliest",
      converter = Limits.Where.class,
      description =
          "earliest, latest, an offset, or a time such as 2026-11-20T12:00:00Z. With --group only"
              + " where the group has no place yet. Default: earliest.")
  private Start from;

  @Option(
      names = {"-f", "--follow"},
      description = "Wait for new records at the end.")
  private boolean follow;

  @Option(
      names = {"-n", "--max"},
      paramLabel = "N",
      converter = Limits.LongCount.class,
      description = "Stop after this many records.")
  private Long max;

  @Option(
      names = "--partition",
      paramLabel = "N",
      converter = Limits.Partition.class,
      description = "Only this partition; may be repeated.")
  private List<Integer> partitions = List.of();

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "Begin where this group is, and keep its place.")
  private String group;

  @Option(
      names = "--format",
      paramLabel = "value|key-value|json",
      defaultValue = "value",
      converter = FormatConverter.class,
      description =
          "value: the bytes; key-value: with a tab between; json: everything, on one line. Default:"
              + " value.")
  private RecordFormat format;

  @Mixin private ServerOption server;
  @Spec private CommandSpec spec;

  private final List<String> lost = new ArrayList<>();

  /** Reads {@code --format}. */
  static final class FormatConverter implements ITypeConverter<RecordFormat> {
    @Override
    public RecordFormat convert(String text) {
      try {
        return RecordFormat.named(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    ConsumerOptions options =
        ConsumerOptions.defaults().withFollow(follow).withLostRanges(this::tellLost);
    if (group != null) {
      options = options.withGroup(group);
    }
    try (ThermoclineClient client = server.connect();
        Consumer consumer = client.consumer(options);
        OutputStream out = StandardOutput.open()) {
      begin(consumer);
      InterruptedRun interrupted = new InterruptedRun(consumer::wakeUp);
      try {
        copy(consumer, out, interrupted);
      } finally {
        interrupted.over();
      }
    } catch (StandardOutput.ClosedException e) {
      // As with head: whoever read has enough, which is no failure.
      return ExitCode.OK;
    }
    return lost.isEmpty() ? ExitCode.OK : ExitCode.DATA_LOST;
  }

  private void begin(Consumer consumer) {
    Start start = group == null ? from : Start.committedOr(from);
    if (partitions.isEmpty()) {
      consumer.subscribe(topic, start);
    } else {
      partitions.stream()
          .distinct()
          .forEach(number -> consumer.assign(new PartitionName(topic, number), start));
    }
  }

  /** The group's place moves only past records that were written out. */
  private void copy(Consumer consumer, OutputStream out, InterruptedRun interrupted)
      throws IOException {
    long left = max == null ? Long.MAX_VALUE : max;
    while (left > 0 && !interrupted.isAsked() && !consumer.isDone()) {
      List<ConsumerRecord> records = consumer.poll(POLL);
      List<ConsumerRecord> wanted = records.subList(0, (int) Math.min(left, records.size()));
      for (ConsumerRecord record : wanted) {
        format.write(record, out);
        out.write('\n');
      }
      left -= wanted.size();
      if (!records.isEmpty()) {
        out.flush();
        keepPlace(consumer, records, wanted);
      }
    }
  }

  private void keepPlace(
      Consumer consumer, List<ConsumerRecord> records, List<ConsumerRecord> wanted) {
    if (group == null) {
      return;
    }
    if (wanted.size() < records.size()) {
      ConsumerRecord next = records.get(wanted.size());
      consumer.seek(next.partitionName(), Start.offset(next.offset()));
    }
    consumer.commit();
  }

  private void tellLost(PartitionName partition, List<OffsetRange> ranges) {
    for (OffsetRange range : ranges) {
      lost.add(partition + " " + range);
      spec.commandLine()
          .getErr()
          .println("thermocline: records of " + partition + " are damaged: offsets " + range);
    }
  }
}
