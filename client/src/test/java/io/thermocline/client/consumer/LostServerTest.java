package io.thermocline.client.consumer;

import static io.thermocline.client.consumer.TestConsumer.NOW;
import static io.thermocline.client.consumer.TestConsumer.offsets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.model.ErrorKind;
import io.thermocline.testkit.ManualNanos;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a consumer says that its server is away. */
@Timeout(60)
class LostServerTest {
  private static final PartitionName P0 = new PartitionName("t", 0);
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final ManualNanos time = new ManualNanos();
  private final FakeFetchServer server = new FakeFetchServer();
  private final Consumer consumer =
      TestConsumer.of(server, ConsumerOptions.defaults().withRetryTimeout(TIMEOUT), time);

  @Test
  void aStreamLostWhileTheProgramWorkedForLongIsOpenedAgain() {
    read();
    server.drop();
    time.pass(Duration.ofHours(1));
    assertThat(consumer.poll(NOW)).isEmpty();
    assertThat(server.streams).isEqualTo(2);
    assertThat(server.add(0).getStart().getOffset()).isEqualTo(3);
  }

  @Test
  void anAwayServerIsTriedForTheRetryTimeoutAfterTheFirstTryThatFailed() {
    read();
    server.refuse(true);
    server.drop();
    time.pass(Duration.ofHours(1));
    assertThat(consumer.poll(NOW)).isEmpty();
    int tries = 0;
    for (Duration away = Duration.ZERO;
        away.plus(LONGEST_PAUSE).compareTo(TIMEOUT) < 0;
        away = away.plus(LONGEST_PAUSE)) {
      time.pass(LONGEST_PAUSE);
      assertThat(consumer.poll(NOW)).isEmpty();
      tries++;
    }
    assertThat(server.streams).isEqualTo(2 + tries);
    time.pass(LONGEST_PAUSE);
    assertAway(ErrorKind.TRANSIENT);

    time.pass(LONGEST_PAUSE);
    server.refuse(false);
    assertThat(consumer.poll(NOW)).as("the next poll tries again").isEmpty();
    server.answer(server.records(3, 4));
    assertThat(offsets(consumer.poll(NOW))).containsExactly(3L);
  }

  @Test
  void whatHadComeIsHandedOutBeforeItIsSaidThatTheServerIsAway() {
    read();
    server.answer(server.records(3, 5));
    server.answer(server.records(5, 6));
    server.end(Status.INVALID_ARGUMENT);
    assertThat(offsets(consumer.poll(NOW))).containsExactly(3L, 4L);
    assertThat(offsets(consumer.poll(NOW))).containsExactly(5L);
    assertAway(ErrorKind.INVALID);
  }

  @Test
  void aStreamThatHadNothingToSayForLongCountsAsOne() {
    read();
    server.drop();
    time.pass(LONGEST_PAUSE);
    assertThat(consumer.poll(NOW)).isEmpty();
    server.ready();
    time.pass(Duration.ofHours(1));
    server.refuse(true);
    server.drop();
    assertThat(consumer.poll(NOW)).isEmpty();
    time.pass(LONGEST_PAUSE);
    assertThat(consumer.poll(NOW)).as("one try failed just now").isEmpty();
    assertThat(server.streams).isEqualTo(3);
  }

  @Test
  void aStreamThatTakesNoMorePartitionsIsSaidSoAlthoughOthersAreRead() {
    consumer.assign(P0, Start.latest());
    AtomicLong tries = new AtomicLong();
    assertThatThrownBy(
            () -> {
              for (; tries.get() < 100; tries.incrementAndGet()) {
                assertThat(consumer.poll(NOW)).isEmpty();
                server.answer(server.heartbeat(tries.get()));
                server.end(Status.RESOURCE_EXHAUSTED);
                time.pass(LONGEST_PAUSE);
              }
            })
        .isInstanceOfSatisfying(
            ReadFailedException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.EXHAUSTED));
    assertThat(tries).hasValueGreaterThan(10);
  }

  @Test
  void nothingIsDoneWhileNeitherAStreamNorARetryIsDue() {
    AtomicLong looks = new AtomicLong();
    Consumer waiting =
        TestConsumer.of(
            server,
            ConsumerOptions.defaults(),
            () -> {
              looks.incrementAndGet();
              return System.nanoTime();
            });
    waiting.assign(P0, Start.earliest());
    assertThat(waiting.poll(NOW)).isEmpty();
    server.answer(server.error(ErrorKind.TRANSIENT));
    assertThat(waiting.poll(NOW)).isEmpty();
    server.refuse(true);
    server.drop();
    looks.set(0);
    assertThat(waiting.poll(Duration.ofMillis(300))).isEmpty();
    assertThat(looks).as("looks at the clock").hasValueLessThan(200);
  }

  /** Three records. */
  private void read() {
    consumer.assign(P0, Start.earliest());
    assertThat(consumer.poll(NOW)).isEmpty();
    server.answer(server.records(0, 3));
    assertThat(offsets(consumer.poll(NOW))).containsExactly(0L, 1L, 2L);
  }

  private void assertAway(ErrorKind kind) {
    assertThatThrownBy(() -> consumer.poll(NOW))
        .isInstanceOfSatisfying(
            ReadFailedException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
