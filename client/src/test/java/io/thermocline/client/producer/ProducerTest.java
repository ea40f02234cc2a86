package io.thermocline.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.wire.Stream;
import io.thermocline.client.wire.TopicPartitions;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.testkit.Await;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProducerTest {
  @Test
  void anAnswerThatComesWhileTheThreadIsBusyIsNotSleptThrough() {
    FakeProduceServer server = new FakeProduceServer();
    try (Producer producer = producer(new AnswersInTheAct(server))) {
      for (int i = 0; i < 20; i++) {
        assertThat(Await.result(producer.send(ProducerRecord.of("t", null, "a"))).offset())
            .isEqualTo(i);
      }
    }
  }

  @Test
  @Timeout(20)
  void aFullBufferMakesAllThatWasGatheredDue() {
    FakeProduceServer server = new FakeProduceServer();
    ProducerOptions gathering =
        ProducerOptions.defaults()
            .withBatchBytes(300)
            .withBufferBytes(300)
            .withLinger(Duration.ofHours(1));
    try (Producer producer = producer(gathering, new AnswersInTheAct(server))) {
      List<CompletableFuture<RecordMetadata>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        all.add(producer.send(ProducerRecord.of("t", null, "a").withPartition(i)));
      }
      producer.flush();
      assertThat(all).allSatisfy(record -> assertThat(record).isCompleted());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Producer producer(Stream.Opener<ProduceRequest, ProduceResponse> opener) {
    return producer(ProducerOptions.defaults(), opener);
  }

  private static Producer producer(
      ProducerOptions options, Stream.Opener<ProduceRequest, ProduceResponse> opener) {
    return new Producer(
        options,
        new TopicPartitions(topic -> 1, System::nanoTime, Runnable::run),
        opener,
        new FakeIdentities(),
        InstantSource.system(),
        System::nanoTime);
  }

  /**
   * Answers while the request is handed in, on the producer's thread, and then waits for a lock.
   */
  private record AnswersInTheAct(FakeProduceServer server)
      implements Stream.Opener<ProduceRequest, ProduceResponse> {
    @Override
    public Stream<ProduceRequest> open(Stream.Events<ProduceResponse> events) {
      Stream<ProduceRequest> plain = server.open(events);
      return new Stream<>() {
        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void send(ProduceRequest message) {
          plain.send(message);
          server.acknowledge();
          // As any lock does that is not free: it takes the thread's permit.
          LockSupport.parkNanos(1);
        }

        @Override
        public void halfClose() {
          plain.halfClose();
        }

        @Override
        public void cancel(String reason) {
          plain.cancel(reason);
        }
      };
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
