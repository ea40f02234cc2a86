package io.thermocline.server.cli;

import com.fasterxml.jackson.core.JsonPointer;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.Compression;
import io.thermocline.model.Units;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code thermocline produce}. */
@Command(
    name = "produce",
    description = {
      "Send the lines of a file, or of standard input, as records: the value is the line, byte for byte.",
      "With --key or --timestamp each line is JSON, and empty lines are skipped.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline produce quakes quakes.jsonl --key /id --timestamp /properties/time",
      "  tail -f access.log | thermocline produce log --compression lz4 --header host=web1",
      "  echo 'set x 1' | thermocline produce commands --expect-offset 17 --fence 3",
    })
final class ProduceCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "TOPIC", description = "Where to.")
  private String topic;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Standard input when left out, or '-'.")
  private Path file;

  @Option(
      names = "--key",
      paramLabel = "POINTER",
      description =
          "JSON pointer to the key, as in /id: text as it is, anything else as JSON. Where there is"
              + " nothing or null, the record has no key.")
  private String key;

  @Option(
      names = "--timestamp",
      paramLabel = "POINTER",
      description =
          "JSON pointer to the timestamp: a number is Unix milliseconds, text is a time such as"
              + " 2026-11-20T12:00:00Z. Without it: now.")
  private String timestamp;

  @Option(
      names = "--partition",
      paramLabel = "N",
      converter = Limits.Partition.class,
      description = "Send to this partition, whatever the key.")
  private Integer partition;

  @Option(
      names = "--expect-offset",
      paramLabel = "OFFSET",
      converter = Limits.Offset.class,
      description =
          "Store all lines as one batch of up to 32 MiB, the first at this offset, or none of them.")
  private Long expectedOffset;

  @Option(
      names = "--fence",
      paramLabel = "TOKEN",
      converter = Limits.LongCount.class,
      description = "What you hold of the partition's fence; see 'topic fence'.")
  private Long token;

  @Option(
      names = "--compression",
      paramLabel = "none|lz4|zstd",
      defaultValue = "none",
      description = "Of the batches. Default: none.")
  private Compression compression;

  @Option(
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = "A header for each record; may be repeated.")
  private List<String> headers = List.of();

  @Mixin private ServerOption server;
  @Mixin private OutputOption output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    LineRecords records = new LineRecords(recordTemplate(), pointer(key), pointer(timestamp));
    Progress progress = new Progress(spec.commandLine().getErr(), Terminal.isThere());
    long started = System.nanoTime();
    Deliveries deliveries = new Deliveries();
    try (InputStream in = open();
        ThermoclineClient client = server.connect()) {
      checkPartition(client.admin().topic(topic).partitionCount());
      try (Producer producer =
          client.producer(ProducerOptions.defaults().withCompression(compression))) {
        if (token != null) {
          producer.holdToken(partition(), token);
        }
        if (expectedOffset == null) {
          send(new LineReader(in), records, producer, deliveries, progress);
        } else {
          new LinesAtOffset(new LineReader(in), records)
              .append(producer, partition(), expectedOffset, deliveries);
        }
      }
    } finally {
      progress.clear();
    }
    return report(deliveries, System.nanoTime() - started);
  }

  private void checkPartition(int partitions) {
    if (partition != null && partition >= partitions) {
      throw CommandFailure.of(
          "topic %s has %s, there is no %d"
              .formatted(
                  topic,
                  partitions == 1 ? "only partition 0" : "partitions 0 to " + (partitions - 1),
                  partition));
    }
    if (partition == null && partitions > 1 && (expectedOffset != null || token != null)) {
      throw CommandFailure.of(
          "topic %s has %d partitions: say which one with --partition"
              .formatted(topic, partitions));
    }
  }

  /** The one that was asked for, or the only one. */
  private PartitionName partition() {
    return new PartitionName(topic, partition == null ? 0 : partition);
  }

  /** Stops at the first failure: what comes after it in the input is not sent. */
  private static void send(
      LineReader lines,
      LineRecords records,
      Producer producer,
      Deliveries deliveries,
      Progress progress) {
    try {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (deliveries.failed()) {
          return;
        }
        Optional<ProducerRecord> record = records.of(line, lines.number());
        if (record.isPresent()) {
          deliveries.expect(producer.send(record.get()), line.length);
          progress.show(deliveries);
        }
      }
    } catch (RuntimeException | IOException e) {
      deliveries.stopped(e);
    }
  }

  private int report(Deliveries deliveries, long nanos) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("topic", topic);
    document.put("records", deliveries.acknowledged());
    document.put("bytes", deliveries.bytes());
    document.put("notApplied", deliveries.notApplied());
    document.put("outcomeUnknown", deliveries.unknown());
    document.put("millis", nanos / 1_000_000);
    String line =
        "produced %,d %s (%s) to %s in %.1f s"
            .formatted(
                deliveries.acknowledged(),
                deliveries.acknowledged() == 1 ? "record" : "records",
                Units.roundedBytes(deliveries.bytes()),
                topic,
                nanos / 1e9);
    spec.commandLine().getOut().println(output.isJson() ? Json.pretty(document) : line);
    Optional<Throwable> problem = deliveries.problem();
    if (problem.isEmpty()) {
      return ExitCode.OK;
    }
    var err = spec.commandLine().getErr();
    Failures.lines(problem.get()).forEach(each -> err.println("thermocline: " + each));
    String others =
        deliveries.notApplied() + deliveries.unknown() == 0
            ? ""
            : "; of those sent, %,d are surely not stored, %,d perhaps"
                .formatted(deliveries.notApplied(), deliveries.unknown());
    err.println("thermocline: sending stopped there" + others);
    return deliveries.unknown() > 0 ? ExitCode.OUTCOME_UNKNOWN : Failures.exitCode(problem.get());
  }

  private InputStream open() throws IOException {
    if (file != null && Files.isDirectory(file)) {
      throw CommandFailure.of(file + " is a directory");
    }
    return file == null || file.toString().equals("-")
        ? System.in
        : new BufferedInputStream(Files.newInputStream(file), 1 << 16);
  }

  private ProducerRecord recordTemplate() {
    ProducerRecord record = ProducerRecord.of(topic, (byte[]) null, null);
    if (partition != null) {
      record = record.withPartition(partition);
    }
    for (String header : headers) {
      int equals = header.indexOf('=');
      if (equals < 0) {
        throw new ParameterException(
            spec.commandLine(), "--header is NAME=VALUE, not '" + header + "'");
      }
      record =
          record.withHeader(
              header.substring(0, equals),
              header.substring(equals + 1).getBytes(StandardCharsets.UTF_8));
    }
    return record;
  }

  private Optional<JsonPointer> pointer(String textOrNull) {
    if (textOrNull == null) {
      return Optional.empty();
    }
    if (!textOrNull.startsWith("/")) {
      throw new ParameterException(
          spec.commandLine(),
          "A JSON pointer starts with '/', as in /properties/time: '" + textOrNull + "'");
    }
    return Optional.of(JsonPointer.compile(textOrNull));
  }
}
