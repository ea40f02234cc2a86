package io.thermocline.client;

import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.producer.RecordMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Creates a topic, writes to it, tiers it and reads it back. The README shows this file. */
public final class QuickstartExample {
  private QuickstartExample() {}

  /** Runs against the server named by the first argument, or the one on this machine. */
  public static void main(String[] args) {
    run(args.length > 0 ? args[0] : "localhost:7400").forEach(System.out::println);
  }

  static List<String> run(String address) {
    List<String> lines = new ArrayList<>();
    try (ThermoclineClient client = ThermoclineClient.connect(address, ClientOptions.defaults())) {
      client.admin().createTopic("readings", 3);

      // Records with the same key keep their order. The futures complete once a record is on disk.
      List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
      try (Producer producer = client.producer(ProducerOptions.defaults())) {
        for (int i = 0; i < 100; i++) {
          sent.add(producer.send(ProducerRecord.of("readings", "sensor-" + i % 7, "17." + i)));
        }
      }
      for (CompletableFuture<RecordMetadata> record : sent) {
        try {
          record.join();
        } catch (RuntimeException e) {
          if (e.getCause() instanceof OutcomeUnknownException unknown) {
            lines.add("It may be stored: look before sending it again. " + unknown.getMessage());
          } else if (e.getCause() instanceof NotAppliedException refused) {
            lines.add("It is not stored, and can be sent again. " + refused.getMessage());
          } else {
            throw e;
          }
        }
      }

      // Move everything to Parquet now, rather than when the policy says.
      for (TieringReport.Move move : client.admin().runTiering("readings", true)) {
        lines.add("tiered " + move.topic() + "-" + move.partition() + " " + move.tiered());
      }

      // Read it all again: nobody has to know which tier it comes from.
      ConsumerOptions toTheEnd = ConsumerOptions.defaults().withFollow(false).withGroup("example");
      try (Consumer consumer = client.consumer(toTheEnd)) {
        consumer.subscribe("readings", Start.committedOr(Start.earliest()));
        long count = 0;
        for (ConsumerRecord record : consumer) {
          count++;
          if (count == 1) {
            lines.add("first from " + record.tier() + ": " + record.valueText());
          }
        }
        consumer.commit();
        lines.add("read " + count + " records");
      }
    }
    return lines;
  }
}
