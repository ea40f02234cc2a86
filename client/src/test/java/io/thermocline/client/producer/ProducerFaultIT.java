package io.thermocline.client.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.OpenServer;
import io.thermocline.client.failure.BufferFullException;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
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
      ProducerOptions.defaults().withBatchBytes(1).withLinger(Duration.ZERO).withIdempotence(true);

  @Test
  void passingRefusalsAreOvercomeInOrder() {
    AtomicInteger calls = new AtomicInteger();
    try (OpenServer server =
            new OpenServer(
                (real, id, batch, conditions) ->
                    calls.incrementAndGet() % 3 == 1
                        ? CompletableFuture.failedFuture(
                            new ThermoclineException(ErrorKind.EXHAUSTED, "full"))
                        : real.append(id, batch, conditions));
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
                (real, id, batch, conditions) ->
                    calls.incrementAndGet() == 1
                        ? CompletableFuture.failedFuture(
                            new ThermoclineException(ErrorKind.LOG_FAILED, "disk died"))
                        : real.append(id, batch, conditions));
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

  @Test
  void anAnswerThatIsLostIsAskedForAgain() throws InterruptedException {
    try (LostAnswer lost = new LostAnswer(ONE_BY_ONE)) {
      assertThat(lost.record.join().offset()).isZero();
      assertThat(lost.next().offset()).as("it was stored once").isEqualTo(1);
    }
  }

  @Test
  void withoutIdempotenceAnAnswerThatIsLostIsUnknown() throws InterruptedException {
    try (LostAnswer lost = new LostAnswer(ONE_BY_ONE.withIdempotence(false))) {
      assertThatThrownBy(lost.record::join)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(OutcomeUnknownException.class);
      assertThat(lost.next().offset())
          .as("the lost one was stored, and was not sent again")
          .isEqualTo(1);
    }
  }

  /** A record that is stored, and the server restarts before the answer. */
  private static final class LostAnswer implements AutoCloseable {
    private final CompletableFuture<Appended> never = new CompletableFuture<>();
    private final CountDownLatch stored = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final OpenServer server = new OpenServer(this::append);
    private final Producer producer;
    final CompletableFuture<RecordMetadata> record;

    LostAnswer(ProducerOptions options) throws InterruptedException {
      producer = server.client.producer(options);
      var unused = server.admin().createTopic("t", 1);
      record = producer.send(ProducerRecord.of("t", "k", "lost"));
      stored.await();
      server.restart();
    }

    private CompletableFuture<Appended> append(
        HotTier real, TopicPartition id, BatchContent batch, AppendConditions conditions) {
      CompletableFuture<Appended> done = real.append(id, batch, conditions);
      if (calls.incrementAndGet() > 1) {
        return done;
      }
      stored.countDown();
      return never;
    }

    RecordMetadata next() {
      return producer.send(ProducerRecord.of("t", "k", "next")).join();
    }

    @Override
    public void close() {
      producer.close();
      server.close();
    }
  }

  @Test
  void aFullBufferIsSaidAfterTheTimeToBlock() {
    try (OpenServer server =
            new OpenServer((real, id, batch, conditions) -> new CompletableFuture<>());
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
