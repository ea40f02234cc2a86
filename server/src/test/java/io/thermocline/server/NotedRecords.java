package io.thermocline.server;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.consumer.Consumer;
import io.thermocline.client.consumer.ConsumerOptions;
import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.consumer.Start;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.client.record.PartitionName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends records of random bytes, notes what becomes of each, and reads them all. For one thread.
 */
final class NotedRecords {
  private static final int PATIENCE_SECONDS = 60;

  private final Ledger ledger = new Ledger();
  private final Random random = new Random(7);
  private final int valueBytes;
  private int sent;

  /**
   * @param valueBytes of each record
   */
  NotedRecords(int valueBytes) {
    this.valueBytes = valueBytes;
  }

  /** How many there were so far. */
  int sent() {
    return sent;
  }

  /** Sends one; its answer is noted before the future has it. */
  CompletableFuture<RecordMetadata> begin(Producer producer, String topic, int partition) {
    byte[] value = new byte[valueBytes];
    random.nextBytes(value);
    int crc = Ledger.crc(value);
    String key = "k" + sent++;
    ProducerRecord record =
        ProducerRecord.of(topic, key.getBytes(StandardCharsets.UTF_8), value)
            .withPartition(partition);
    return producer
        .send(record)
        .whenComplete(
            (at, failure) -> {
              if (failure == null) {
                ledger.acknowledged(at, key, crc);
              } else if (failure instanceof OutcomeUnknownException) {
                ledger.unknown(key, crc);
              } else {
                ledger.failed(key);
              }
            });
  }

  /**
   * Waits for an answer.
   *
   * @param log the server's, for when there is none
   * @return why it failed; empty when it is stored
   */
  Optional<ClientException> await(CompletableFuture<RecordMetadata> send, Path log)
      throws IOException, InterruptedException {
    try {
      RecordMetadata unused = send.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of((ClientException) e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("No answer for a minute\n" + Files.readString(log), e);
    }
  }

  /**
   * Sends one to each of some partitions, then waits for the answers.
   *
   * @return why it failed, for each that did
   */
  Map<Integer, ClientException> sendToEach(
      Producer producer, String topic, Set<Integer> partitions, Path log)
      throws IOException, InterruptedException {
    Map<Integer, CompletableFuture<RecordMetadata>> sends = new TreeMap<>();
    partitions.forEach(number -> sends.put(number, begin(producer, topic, number)));
    Map<Integer, ClientException> failures = new TreeMap<>();
    for (Map.Entry<Integer, CompletableFuture<RecordMetadata>> one : sends.entrySet()) {
      await(one.getValue(), log).ifPresent(failure -> failures.put(one.getKey(), failure));
    }
    return failures;
  }

  /**
   * Reads a topic whole.
   *
   * @throws AssertionError as {@link Ledger#check} does
   */
  void check(ThermoclineClient client, String topic, int partitions) {
    for (int number = 0; number < partitions; number++) {
      PartitionName partition = new PartitionName(topic, number);
      List<ConsumerRecord> records = new ArrayList<>();
      try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
        consumer.assign(partition, Start.earliest());
        consumer.forEach(records::add);
      }
      ledger.check(partition, records);
    }
  }
}
