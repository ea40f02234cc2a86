package io.thermocline.client.producer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.OpenServer;
import io.thermocline.client.failure.BufferFullException;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.testkit.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is chained to a record's answer runs on the producer's thread, and may use the producer. */
@Timeout(15)
class ProducerCallbacksTest {
  private static final int BUFFER_BYTES = 200;

  private final CompletableFuture<Void> chained = new CompletableFuture<>();
  private final OpenServer server =
      new OpenServer(
          (real, id, batch, conditions) ->
              chained.thenCompose(ignored -> real.append(id, batch, conditions)));
  private final Producer producer =
      server.client.producer(
          ProducerOptions.defaults().withBatchBytes(BUFFER_BYTES).withBufferBytes(BUFFER_BYTES));

  ProducerCallbacksTest() {
    server.admin().createTopic("t", 1);
  }

  @AfterEach
  void close() {
    producer.close(Duration.ZERO);
    server.close();
  }

  @Test
  void aFlushIsRefusedAsItWouldWaitForItself() {
    assertThatThrownBy(() -> inCallback(this::flush)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSendThatFindsTheBufferFullFailsAtOnce() {
    assertThatThrownBy(
            () ->
                inCallback(
                    () -> {
                      for (int i = 0; i < BUFFER_BYTES; i++) {
                        var unused = producer.send(record());
                      }
                    }))
        .isInstanceOf(BufferFullException.class);
  }

  @Test
  void aCloseFailsTheRestWithoutWaitingForIt() {
    CompletableFuture<CompletableFuture<RecordMetadata>> rest = new CompletableFuture<>();
    inCallback(
        () -> {
          rest.complete(producer.send(record()));
          producer.close();
        });
    assertThatThrownBy(() -> Await.result(rest.join())).isInstanceOf(NotAppliedException.class);
  }

  private void flush() {
    try {
      producer.flush();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Does it on the producer's thread, and throws what it threw. */
  private void inCallback(Runnable work) {
    CompletableFuture<Void> done = producer.send(record()).thenRun(work);
    chained.complete(null);
    try {
      Await.result(done);
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  private static ProducerRecord record() {
    return ProducerRecord.of("t", null, "a");
  }
}
