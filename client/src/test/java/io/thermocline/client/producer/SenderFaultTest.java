package io.thermocline.client.producer;

import static io.thermocline.client.producer.TestSender.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.record.PartitionName;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sender of a producer that is not idempotent, before a server that does anything. */
class SenderFaultTest {
  private static final PartitionName P0 = new PartitionName("t", 0);

  private final TestSender test = new TestSender(options -> options.withIdempotence(false));
  private final FakeProduceServer server = test.server;
  private final BufferBudget budget = test.budget;

  static List<Long> seeds() {
    return new SplittableRandom(5).longs(40).boxed().toList();
  }

  /** Whatever the server does, every record is answered once, and truly, and order is kept. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyRecordIsAnsweredTrulyWhateverTheServerDoes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    World world = new World(random);
    for (int i = 0; i < 300; i++) {
      world.act();
    }
    world.finish();
    world.check();
    assertThat(budget.free()).isEqualTo(budget.limit());
  }

  /** A server that stores, refuses, loses answers and connections, by its seed. */
  private final class World {
    private final SplittableRandom random;
    private final List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
    private final List<String> stored = new ArrayList<>();
    private boolean refusing;

    World(SplittableRandom random) {
      this.random = random;
    }

    void act() {
      int choice = random.nextInt(20);
      if (choice < 8) {
        futures.add(test.send(P0, "" + futures.size()));
        test.step();
      } else if (choice < 15) {
        answer();
      } else if (choice == 15) {
        int taken = random.nextInt(server.unanswered.size() + 1);
        for (int i = 0; i < taken && !refusing; i++) {
          stored.addAll(values(server.unanswered.subList(i, i + 1)));
        }
        refusing = false;
        if (server.streams > 0) {
          server.drop();
        }
        test.step();
      } else {
        test.time.pass(Duration.ofMillis(random.nextInt(100)));
        test.step();
      }
    }

    private void answer() {
      if (server.unanswered.isEmpty()) {
        return;
      }
      ProduceRequest request = server.unanswered.get(0);
      refusing &= !request.getRestart();
      if (refusing) {
        server.refuse(ErrorKind.PRIOR_BATCH_REFUSED);
      } else if (random.nextInt(6) == 0) {
        refusing = true;
        server.refuse(random.nextBoolean() ? ErrorKind.EXHAUSTED : ErrorKind.INVALID);
      } else {
        stored.addAll(values(List.of(request)));
        server.acknowledge();
      }
      test.step();
    }

    void finish() {
      for (int i = 0; i < 2_000 && futures.stream().anyMatch(f -> !f.isDone()); i++) {
        if (server.unanswered.isEmpty()) {
          test.time.pass(Duration.ofMillis(100));
          test.step();
        }
        answer();
      }
    }

    void check() {
      TestSender.checkOutcomes(futures, stored);
    }
  }
}
