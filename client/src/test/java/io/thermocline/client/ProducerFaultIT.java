package io.thermocline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The producer with a gateway whose hot tier misbehaves. */
@Timeout(120)
class ProducerFaultIT {
  private static final ProducerOptions ONE_BY_ONE =
      ProducerOptions.defaults().withBatchBytes(1).withLinger(Duration.ZERO);

  @Test
  void passingRefusalsAreOvercomeInOrder() {
    AtomicInteger calls = new AtomicInteger();
    try (OpenServer server =
            new OpenServer(
                (real, id, batch) ->
                    calls.incrementAndGet() % 3 == 1
                        ? CompletableFuture.failedFuture(
                            new ThermoclineException(ErrorKind.EXHAUSTED, "full"))
                        : real.append(id, batch));
        Producer producer = server.client.producer(ONE_BY_ONE)) {
      server.admin().createTopic("t", 1);
      List<CompletableFuture<RecordMetadata>> all = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        all.add(producer.send(ProducerRecord.of("t", null, "" + i)));
      }
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).join().offset()).isEqualTo(i);
      }
    }
  }

  @Test
  void lastingRefusalsAreFinalAndLeaveNothingBehind() {
    AtomicInteger calls = new AtomicInteger();
    try (OpenServer server =
            new OpenServer(
                (real, id, batch) ->
                    calls.incrementAndGet() == 1
                        ? CompletableFuture.failedFuture(
                            new ThermoclineException(ErrorKind.LOG_FAILED, "disk died"))
                        : real.append(id, batch));
        Producer producer = server.client.producer(ProducerOptions.defaults())) {
      server.admin().createTopic("t", 1);
      CompletableFuture<RecordMetadata> refused = producer.send(ProducerRecord.of("t", "k", "v"));
      assertThatThrownBy(refused::join)
          .cause()
          .isInstanceOfSatisfying(
              NotAppliedException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.LOG_FAILED);
                assertThat(e.retriable()).isFalse();
              });
      assertThat(producer.send(ProducerRecord.of("t", "k", "v")).join().offset()).isZero();
    }
  }

  /** The batch is stored, and the connection ends before the answer. */
  @Test
  void anAnswerThatIsLostIsUnknown() throws InterruptedException {
    CompletableFuture<Appended> never = new CompletableFuture<>();
    CountDownLatch stored = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    try (OpenServer server =
            new OpenServer(
                (real, id, batch) -> {
                  CompletableFuture<Appended> done = real.append(id, batch);
                  if (calls.incrementAndGet() > 1) {
                    return done;
                  }
                  stored.countDown();
                  return never;
                });
        Producer producer = server.client.producer(ONE_BY_ONE)) {
      server.admin().createTopic("t", 1);
      CompletableFuture<RecordMetadata> lost = producer.send(ProducerRecord.of("t", "k", "lost"));
      stored.await();
      Thread restart = new Thread(server::restart);
      restart.start();
      assertThatThrownBy(lost::join)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(OutcomeUnknownException.class);
      restart.join();
      long next = producer.send(ProducerRecord.of("t", "k", "next")).join().offset();
      assertThat(next).as("the lost one was stored, and was not sent again").isEqualTo(1);
    }
  }

  @Test
  void aFullBufferIsSaidAfterTheTimeToBlock() {
    try (OpenServer server = new OpenServer((real, id, batch) -> new CompletableFuture<>());
        Producer producer =
            server.client.producer(
                ProducerOptions.defaults()
                    .withBatchBytes(1_000)
                    .withBufferBytes(4_000)
                    .withMaxBlock(Duration.ofMillis(20)))) {
      server.admin().createTopic("t", 1);
      List<CompletableFuture<RecordMetadata>> taken = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 5; i++) {
                  taken.add(producer.send(ProducerRecord.of("t", null, new byte[900])));
                }
              })
          .isInstanceOf(BufferFullException.class)
          .hasMessageContaining("4000");
      assertThat(taken).hasSize(4);
      producer.close(Duration.ZERO);
      assertThat(taken)
          .allSatisfy(
              future -> assertThatThrownBy(future::join).hasCauseInstanceOf(ClientException.class));
      assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", null, "x")))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
