package io.thermocline.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.TopicPartitions;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** Consumers of a server that a test moves by hand. */
final class TestConsumer {
  static final Duration NOW = Duration.ZERO;
  static final Duration SOON = Duration.ofSeconds(20);

  private TestConsumer() {}

  static Consumer of(FakeFetchServer server, ConsumerOptions options, LongSupplier time) {
    return of(server, options, time, topics(topic -> 1, time, Runnable::run));
  }

  static Consumer of(
      FakeFetchServer server, ConsumerOptions options, LongSupplier time, TopicPartitions topics) {
    return new Consumer(
        options,
        new FetchSession(options, server, time),
        new ConsumerGroup(Optional.empty(), group -> Map.of(), (group, places) -> {}),
        topics,
        time);
  }

  /** One that has asked for partition 0 of topic t. */
  static Consumer reading(FakeFetchServer server, Start start) {
    Consumer consumer = of(server, ConsumerOptions.defaults(), System::nanoTime);
    consumer.assign(new PartitionName("t", 0), start);
    assertThat(consumer.poll(NOW)).isEmpty();
    return consumer;
  }

  static TopicPartitions topics(ToIntFunction<String> ask, LongSupplier time, Executor lookUps) {
    return new TopicPartitions(ask, time, lookUps);
  }

  static List<Long> offsets(List<ConsumerRecord> records) {
    return records.stream().map(ConsumerRecord::offset).toList();
  }

  /** Polls, for nothing, until the server was asked for something. */
  static void awaitRequest(
      FakeFetchServer server, Consumer consumer, Predicate<FetchRequest> expected) {
    Await.until(
        "the request",
        () -> {
          assertThat(consumer.poll(Duration.ofMillis(5))).isEmpty();
          return server.received.stream().anyMatch(expected);
        });
  }

  /** Polls, for nothing, until the server has seen so many streams. */
  static void awaitStream(FakeFetchServer server, Consumer consumer, int number) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (server.streams < number && System.nanoTime() < deadline) {
      assertThat(consumer.poll(Duration.ofMillis(5))).isEmpty();
    }
    assertThat(server.streams).isEqualTo(number);
  }
}
