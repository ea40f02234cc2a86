package io.thermocline.client.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.WireBatch;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.BatchContent;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.ManualNanos;
import io.thermocline.testkit.TestBatches;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/** A sender whose server, identities and time a test moves by hand. */
final class TestSender {
  private static final int RESERVED = 100;

  final ManualNanos time = new ManualNanos();
  final FakeProduceServer server = new FakeProduceServer();
  final FakeIdentities identities = new FakeIdentities();
  final BufferBudget budget;
  final BatchMaker maker;
  final Accumulator accumulator;
  final Sender sender;

  /** With 10 seconds for delivery and 3 batches in flight, and what the test changes of that. */
  TestSender(UnaryOperator<ProducerOptions> changes) {
    ProducerOptions options =
        changes.apply(
            ProducerOptions.defaults()
                .withIdempotence(true)
                .withLinger(Duration.ZERO)
                .withMaxInFlightBatches(3)
                .withDeliveryTimeout(Duration.ofSeconds(10)));
    this.budget = new BufferBudget(options.bufferBytes(), () -> {});
    this.maker = new BatchMaker(options.compression());
    this.accumulator =
        new Accumulator(
            options,
            maker,
            time,
            new StickyPartitions(new SplittableRandom(1)),
            () -> {},
            budget::isWaitedFor);
    this.sender =
        new Sender(options, accumulator, maker, budget, server, identities, time, () -> {});
  }

  CompletableFuture<RecordMetadata> send(PartitionName partition, String value) {
    reserve();
    ProducerRecord record = ProducerRecord.of(partition.topic(), null, value);
    return accumulator.add(partition, 5, record, RESERVED);
  }

  /** Sends a record as a batch of its own. */
  CompletableFuture<RecordMetadata> sendBatch(PartitionName partition, String value) {
    CompletableFuture<RecordMetadata> future = send(partition, value);
    step();
    return future;
  }

  List<CompletableFuture<RecordMetadata>> sendBatches(PartitionName partition, String... values) {
    List<CompletableFuture<RecordMetadata>> all = new ArrayList<>();
    for (String value : values) {
      all.add(sendBatch(partition, value));
    }
    return all;
  }

  /** Sends a record that demands its offset. */
  CompletableFuture<RecordMetadata> sendAt(PartitionName partition, long offset, String value) {
    CompletableFuture<RecordMetadata> future = add(partition, offset, value);
    step();
    return future;
  }

  /** As {@link #sendAt}; the sender has not come to it yet. */
  CompletableFuture<RecordMetadata> add(PartitionName partition, long offset, String value) {
    reserve();
    return accumulator.addBatch(
        partition,
        5,
        List.of(ProducerRecord.of(partition.topic(), null, value)),
        RESERVED,
        AppendConditions.NONE.expecting(offset));
  }

  private void reserve() {
    try {
      assertThat(budget.take(RESERVED, 0)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void step() {
    long ignored = sender.step();
  }

  void pass(Duration passed) {
    time.pass(passed);
    step();
  }

  static List<String> values(List<ProduceRequest> requests) {
    List<String> values = new ArrayList<>();
    for (ProduceRequest request : requests) {
      BatchContent content = WireBatch.fromProto(request.getBatch());
      assertThat(content.computeCrc32c()).isEqualTo(content.crc32c());
      TestBatches.decode(0, content).forEach(record -> values.add(text(record.value())));
    }
    return values;
  }

  private static String text(Bytes bytes) {
    return new String(bytes.toArray(), StandardCharsets.UTF_8);
  }

  /**
   * Record i, whose value is i, has an answer that is true of what the server stored, and all that
   * it stored is in order.
   */
  static void checkOutcomes(List<CompletableFuture<RecordMetadata>> futures, List<String> stored) {
    for (int i = 0; i < futures.size(); i++) {
      CompletableFuture<RecordMetadata> future = futures.get(i);
      String value = "" + i;
      assertThat(future).as("record %d", i).isDone();
      long times = stored.stream().filter(value::equals).count();
      if (!future.isCompletedExceptionally()) {
        assertThat(times).as("acknowledged record %d", i).isEqualTo(1);
      } else if (failure(future) instanceof NotAppliedException) {
        assertThat(times).as("record %d, not applied", i).isZero();
      } else {
        assertThat(times).as("record %d, unknown", i).isLessThanOrEqualTo(1);
      }
    }
    assertThat(stored.stream().map(Integer::valueOf).toList()).isSorted();
  }

  static ClientException failure(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    List<ClientException> found = new ArrayList<>();
    assertThatThrownBy(future::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .asInstanceOf(type(ClientException.class))
        .satisfies(found::add);
    return found.get(0);
  }
}
