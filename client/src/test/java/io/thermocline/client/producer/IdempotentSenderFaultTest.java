package io.thermocline.client.producer;

import static io.thermocline.client.producer.TestSender.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.record.PartitionName;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProducerSequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An idempotent sender against a server that stores by the rules, and otherwise does what its seed
 * says: it refuses, loses answers and connections, and stores copies of ended streams late.
 */
class IdempotentSenderFaultTest {
  private static final PartitionName P0 = new PartitionName("t", 0);

  static List<Long> seeds() {
    return new SplittableRandom(11).longs(60).boxed().toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyRecordIsStoredOnceAndInOrderWhenThereIsTime(long seed) {
    World world = new World(seed, Duration.ofDays(1), 0);
    world.run();
    world.check();
    assertThat(world.futures).noneMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(world.stored).hasSameSizeAs(world.futures);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyAnswerIsTrueWhenTimeIsShortAndBatchesAreRefusedForGood(long seed) {
    World world = new World(seed, Duration.ofMillis(300), 12);
    world.run();
    world.check();
  }

  private static final class World {
    private final SplittableRandom random;
    private final TestSender test;
    private final FakeProduceServer server;

    /** One of so many batches is refused for good; 0 for none. */
    private final int oneRefused;

    private final List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
    private final List<String> stored = new ArrayList<>();

    /** Copies that were under way when their stream ended: any of them may still arrive. */
    private final List<ProduceRequest> late = new ArrayList<>();

    private final Map<ProducerSequence, Long> places = new HashMap<>();
    private int epoch;
    private int next;

    World(long seed, Duration deliveryTimeout, int oneRefused) {
      this.random = new SplittableRandom(seed);
      this.test =
          new TestSender(
              options ->
                  options
                      .withDeliveryTimeout(deliveryTimeout)
                      .withMaxInFlightBatches(1 + random.nextInt(8)));
      this.server = test.server;
      this.oneRefused = oneRefused;
    }

    void run() {
      for (int i = 0; i < 400; i++) {
        act();
      }
      for (int i = 0; i < 5_000 && !futures.stream().allMatch(CompletableFuture::isDone); i++) {
        if (server.unanswered.isEmpty()) {
          test.pass(Duration.ofMillis(100));
        }
        answer();
      }
      while (!late.isEmpty()) {
        arriveLate();
      }
    }

    private void act() {
      int choice = random.nextInt(20);
      if (choice < 8) {
        futures.add(test.send(P0, "" + futures.size()));
        test.step();
      } else if (choice < 14) {
        answer();
      } else if (choice == 14) {
        drop();
      } else if (choice == 15) {
        arriveLate();
      } else {
        test.pass(Duration.ofMillis(random.nextInt(100)));
      }
    }

    /** The connection ends; of what is under way some is stored at once, some later, some never. */
    private void drop() {
      int arrived = random.nextInt(server.unanswered.size() + 1);
      for (ProduceRequest request : List.copyOf(server.unanswered)) {
        if (arrived-- > 0) {
          var unused = judge(request);
        } else if (random.nextBoolean()) {
          late.add(request);
        }
      }
      if (server.streams > 0) {
        server.drop();
      }
      test.step();
    }

    private void arriveLate() {
      if (!late.isEmpty()) {
        var unused = judge(late.remove(random.nextInt(late.size())));
      }
    }

    private void answer() {
      if (server.unanswered.isEmpty()) {
        return;
      }
      ProduceRequest request = server.unanswered.get(0);
      int fault = random.nextInt(12);
      if (isRefusedForGood(request)) {
        server.refuse(ErrorKind.INVALID);
      } else if (fault == 0) {
        server.refuse(ErrorKind.EXHAUSTED);
      } else if (fault == 1 && oneRefused > 0) {
        if (random.nextBoolean()) {
          var unused = judge(request);
        }
        server.refuse(ErrorKind.OUTCOME_UNKNOWN);
      } else {
        ErrorKind refused = judge(request);
        if (refused == null) {
          server.acknowledgeAt(places.get(request.getSequence()));
        } else {
          server.refuse(refused);
        }
      }
      test.step();
    }

    private boolean isRefusedForGood(ProduceRequest request) {
      return oneRefused > 0
          && values(List.of(request)).stream()
              .anyMatch(value -> Integer.parseInt(value) % oneRefused == 5);
    }

    /** Stores a batch, or says why it is not stored; null when it is, now or before. */
    private ErrorKind judge(ProduceRequest request) {
      ProducerSequence sequence = request.getSequence();
      if (isRefusedForGood(request)) {
        return ErrorKind.INVALID;
      }
      if (places.containsKey(sequence)) {
        return null;
      }
      if (sequence.getEpoch() < epoch) {
        return ErrorKind.FENCED;
      }
      if (sequence.getBaseSequence() != (sequence.getEpoch() == epoch ? next : 0)) {
        return ErrorKind.OUT_OF_SEQUENCE;
      }
      epoch = sequence.getEpoch();
      next = sequence.getBaseSequence() + request.getBatch().getRecordCount();
      places.put(sequence, (long) stored.size());
      stored.addAll(values(List.of(request)));
      return null;
    }

    void check() {
      TestSender.checkOutcomes(futures, stored);
      for (int i = 0; i < futures.size(); i++) {
        if (!futures.get(i).isCompletedExceptionally()) {
          assertThat(stored.get((int) futures.get(i).join().offset())).isEqualTo("" + i);
        }
      }
      assertThat(test.budget.free()).isEqualTo(test.budget.limit());
    }
  }
}
