package io.thermocline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.testkit.Await;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

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

  private static Producer producer(Stream.Opener<ProduceRequest, ProduceResponse> opener) {
    return new Producer(
        ProducerOptions.defaults(),
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
