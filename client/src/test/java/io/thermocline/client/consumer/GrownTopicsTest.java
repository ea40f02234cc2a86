package io.thermocline.client.consumer;

import static io.thermocline.client.consumer.TestConsumer.NOW;
import static io.thermocline.client.consumer.TestConsumer.offsets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.TopicPartitions;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualNanos;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of topics a consumer reads as a whole. */
@Timeout(60)
class GrownTopicsTest {
  private static final PartitionName P0 = new PartitionName("t", 0);
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  private final ManualNanos time = new ManualNanos();
  private final FakeFetchServer server = new FakeFetchServer();
  private final List<String> asked = new ArrayList<>();
  private volatile int count = 1;
  private Failure failure;

  private final TopicPartitions topics =
      TestConsumer.topics(
          topic -> {
            asked.add(topic);
            if (failure != null) {
              throw failure.read();
            }
            return count;
          },
          time,
          Runnable::run);

  @Test
  void partitionsOfADeletedTopicReportTheirOwnErrorsAndOthersAreRead() {
    Consumer consumer = subscribed();
    consumer.assign(new PartitionName("other", 1), Start.earliest());
    failure = Failure.of(ErrorKind.NOT_FOUND, "There is no topic t");
    time.pass(A_MINUTE);
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 2));
    assertThat(offsets(consumer.poll(NOW))).as("what it had sent").containsExactly(0L, 1L);
    server.answer(server.error(ErrorKind.NOT_FOUND));
    assertThatThrownBy(() -> consumer.poll(NOW)).isInstanceOf(ReadFailedException.class);
    time.pass(A_MINUTE);
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(asked).as("once known to be gone it is not asked for").hasSize(2);
  }

  @Test
  void aTopicThatCanNotBeAskedForIsReadOnAndAskedForAgain() {
    Consumer consumer = subscribed();
    failure = Failure.of(ErrorKind.TRANSIENT, "away");
    time.pass(A_MINUTE);
    assertThat(consumer.poll(NOW)).isEmpty();
    failure = null;
    count = 2;
    time.pass(A_MINUTE);
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(consumer.assignment()).hasSize(2);
  }

  @Test
  void aTopicOfWhichNothingIsReadAnyMoreDoesNotGrow() {
    Consumer consumer = subscribed();
    consumer.unassign(P0);
    count = 2;
    time.pass(A_MINUTE);
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(consumer.assignment()).isEmpty();
    assertThat(asked).hasSize(1);
  }

  @Test
  void aPartitionAssignedBeforeItsTopicWasFoundToHaveItIsReadOn() {
    Consumer consumer = subscribed();
    consumer.assign(new PartitionName("t", 1), Start.offset(7));
    count = 3;
    time.pass(A_MINUTE);
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(consumer.assignment()).hasSize(3);
    assertThat(server.add(1).getStart().getOffset()).isEqualTo(7);
  }

  @Test
  void anIterationThatWaitsForRecordsReadsWhatItsTopicGrew() {
    Consumer consumer = subscribed();
    FetchResponse.Builder news = server.heartbeat(0);
    FetchResponse.Builder record = server.records(0, 1);
    CompletableFuture<Boolean> more = new CompletableFuture<>();
    Thread iterating = new Thread(() -> more.complete(consumer.iterator().hasNext()));
    iterating.start();
    Await.until("it waits", () -> iterating.getState() == Thread.State.TIMED_WAITING);
    count = 2;
    time.pass(A_MINUTE);
    server.answer(news);
    Await.until("the new one is assigned", () -> consumer.assignment().size() == 2);
    server.answer(record);
    assertThat(Await.result(more)).isTrue();
  }

  @Test
  void noPollWaitsForTheAnswer() throws InterruptedException {
    CountDownLatch answered = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    List<Integer> counts = List.of(1, 2);
    TopicPartitions slow =
        TestConsumer.topics(
            topic -> {
              asked.add(topic);
              if (asked.size() > 1) {
                await(answered);
              }
              return counts.get(asked.size() - 1);
            },
            time,
            lookUp ->
                new Thread(
                        () -> {
                          lookUp.run();
                          over.countDown();
                        })
                    .start());
    Consumer consumer = TestConsumer.of(server, ConsumerOptions.defaults(), time, slow);
    consumer.subscribe("t", Start.earliest());
    time.pass(A_MINUTE);
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 2));
    assertThat(offsets(consumer.poll(NOW))).containsExactly(0L, 1L);
    answered.countDown();
    over.await();
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(consumer.assignment()).hasSize(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** To the one partition of a topic. */
  private Consumer subscribed() {
    Consumer consumer = TestConsumer.of(server, ConsumerOptions.defaults(), time, topics);
    consumer.subscribe("t", Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    return consumer;
  }
}
