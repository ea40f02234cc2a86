package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ProducerSequence;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Producers that send each of their batches until it is acknowledged, often more often, now and
 * then in the wrong order, to a tier that is trimmed, restarted and cut off the power. What they
 * know of the tier is the whole model: each batch has one place, and the log ends after as many
 * records as there are in all batches.
 */
final class SequencedLife {
  private static final int PRODUCERS = 3;
  private static final int WINDOW = 64;

  /** One call in so many is a moment at which the power may have failed. */
  private static final int CALLS_BETWEEN_CUTS = 60;

  /** Now and then it stays on for longer than the window remembers. */
  private static final int CALLS_IN_LONG_LIVES = 600;

  private final Random random;
  private final ManualClock clock = ManualClock.start();
  private final List<Client> clients = new ArrayList<>();

  /** Where the batches lie that were acknowledged. Guarded by itself. */
  private final Map<Sent, Appended> acknowledged = new HashMap<>();

  private SimulatedDisk disk = new SimulatedDisk(clock);
  private EmbeddedHotTier tier;
  private Upkeep upkeep;
  private long values;

  /** The disk at one moment, and what had been acknowledged by then. */
  private record Crash(PowerCut disk, Map<Sent, Appended> acknowledged) {}

  /** One batch; {@code values} of one batch are no other's. */
  private record Sent(TopicPartition id, ProducerSequence sequence, List<Long> values) {}

  /** One producer in one partition. */
  private static final class Client {
    final TopicPartition id;
    final long producer;
    final List<Sent> sent = new ArrayList<>();
    short epoch;
    int next;

    Client(TopicPartition id, long producer) {
      this.id = id;
      this.producer = producer;
    }
  }

  SequencedLife(long seed) {
    this.random = new Random(seed);
    open();
    Topic topic = tier.topics().create("orders", 2);
    for (TopicPartition id : topic.partitions().toList()) {
      for (int i = 0; i < PRODUCERS; i++) {
        clients.add(new Client(id, i));
      }
    }
  }

  private void open() {
    HotOpening opening =
        HotOpening.open(HotLife.settings(disk), clock, new SimpleMeterRegistry(), new LocalDisk());
    upkeep = opening.upkeep();
    tier = new EmbeddedHotTier(opening);
  }

  void run(int crashes, int steps) {
    for (int i = 0; i < crashes; i++) {
      liveUntilThePowerFails(steps);
    }
    clients.forEach(this::settle);
    check();
    tier.close();
  }

  private void liveUntilThePowerFails(int steps) {
    Crash[] crash = {null};
    int atMost = random.nextInt(4) == 0 ? CALLS_IN_LONG_LIVES : CALLS_BETWEEN_CUTS;
    AtomicInteger calls = new AtomicInteger(1 + random.nextInt(atMost));
    disk.fault(
        (op, path) -> {
          if (calls.decrementAndGet() == 0) {
            synchronized (acknowledged) {
              crash[0] = new Crash(disk.cut(), Map.copyOf(acknowledged));
            }
          }
        });
    for (int step = 0; step < steps && calls.get() > 0; step++) {
      step();
    }
    if (calls.get() > 0) {
      restart();
      return;
    }
    disk.fault(DiskFault.NONE);
    tier.close();
    acknowledged.clear();
    acknowledged.putAll(crash[0].acknowledged());
    disk =
        random.nextInt(3) == 0
            ? crash[0].disk().afterKill()
            : crash[0].disk().image(random.nextLong());
    open();
    clients.forEach(this::settle);
  }

  private void step() {
    Client client = clients.get(random.nextInt(clients.size()));
    switch (random.nextInt(14)) {
      case 0 -> settle(client);
      case 1 -> swap(client);
      case 2, 3 -> repeat(client);
      case 4 -> beginEpoch(client);
      case 5 -> upkeep.tick();
      case 6 -> Await.result(tier.seal(client.id));
      case 7 -> trim(client.id);
      case 8 -> restart();
      case 9 -> clock.advance(Duration.ofSeconds(random.nextInt(60)));
      default -> sendSome(client);
    }
  }

  private Sent make(Client client) {
    List<Long> numbers = new ArrayList<>();
    for (int count = 1 + random.nextInt(4); count > 0; count--) {
      numbers.add(++values);
    }
    Sent batch =
        new Sent(
            client.id,
            new ProducerSequence(client.producer, client.epoch, client.next),
            List.copyOf(numbers));
    client.next = batch.sequence().nextSequence(numbers.size() - 1);
    client.sent.add(batch);
    return batch;
  }

  private CompletableFuture<Appended> send(Sent batch) {
    return tier.append(
            batch.id(), Values.batch(batch.values()), AppendConditions.of(batch.sequence()))
        .thenApply(
            place -> {
              synchronized (acknowledged) {
                Appended before = acknowledged.putIfAbsent(batch, place);
                assertThat(before == null ? place : before).as("%s", batch).isEqualTo(place);
              }
              return place;
            });
  }

  /** New batches, some twice, nobody waits for the first. */
  private void sendSome(Client client) {
    settleBefore(client, 16);
    List<CompletableFuture<Appended>> answers = new ArrayList<>();
    for (int count = 1 + random.nextInt(16); count > 0; count--) {
      Sent batch = make(client);
      answers.add(send(batch));
      if (random.nextInt(4) == 0) {
        answers.add(send(batch));
      }
    }
    answers.forEach(Await::result);
  }

  /** Sends again what is not acknowledged: all that follows on what is stored has to be taken. */
  private void settle(Client client) {
    settleBefore(client, 0);
  }

  private void settleBefore(Client client, int soon) {
    List<Sent> open =
        client.sent.stream().filter(batch -> !acknowledged.containsKey(batch)).toList();
    assertThat(open.size() + soon).as("what is sent stays in the window").isLessThan(WINDOW);
    for (CompletableFuture<Appended> answer : open.stream().map(this::send).toList()) {
      Await.result(answer);
    }
  }

  private void swap(Client client) {
    settle(client);
    ErrorKind expected =
        client.sent.isEmpty() ? ErrorKind.OUTCOME_UNKNOWN : ErrorKind.OUT_OF_SEQUENCE;
    Sent first = make(client);
    Sent second = make(client);
    Await.fails(expected, () -> send(second));
    Await.result(send(first));
    Await.result(send(second));
  }

  private void repeat(Client client) {
    settle(client);
    if (client.sent.isEmpty()) {
      return;
    }
    int back = 1 + random.nextInt(Math.min(client.sent.size(), 2 * WINDOW));
    Sent old = client.sent.get(client.sent.size() - back);
    if (back <= WINDOW) {
      assertThat(Await.result(send(old))).as("repeat of %s", old).isEqualTo(acknowledged.get(old));
    } else {
      Await.fails(ErrorKind.OUTCOME_UNKNOWN, () -> send(old));
    }
  }

  private void beginEpoch(Client client) {
    settle(client);
    client.epoch++;
    client.next = 0;
    Await.result(send(make(client)));
  }

  private void trim(TopicPartition id) {
    long upTo = random.nextInt((int) tier.state(id).end() + 1);
    long unused = Await.result(tier.trim(id, upTo));
  }

  private void restart() {
    tier.close();
    open();
  }

  /** Each batch lies where it was acknowledged, and there is nothing else. */
  private void check() {
    for (TopicPartition id : clients.stream().map(client -> client.id).distinct().toList()) {
      Map<Long, Long> offsets = new HashMap<>();
      acknowledged.forEach(
          (batch, place) -> {
            for (int i = 0; batch.id().equals(id) && i < batch.values().size(); i++) {
              Long other = offsets.put(place.baseOffset() + i, batch.values().get(i));
              assertThat(other).as("another value at the place of %s", batch).isNull();
            }
          });
      long end = tier.state(id).end();
      assertThat(end).as("records in %s", id).isEqualTo(offsets.size());
      checkLocal(id, offsets, end);
    }
  }

  private void checkLocal(TopicPartition id, Map<Long, Long> offsets, long end) {
    long next = tier.state(id).hotStart();
    while (next < end) {
      ReadResult.Progress progress =
          (ReadResult.Progress) Await.result(tier.read(id, next, 1 << 20));
      assertThat(progress.lost()).isEmpty();
      for (RecordBatch batch : progress.batches()) {
        Values.read(batch, (number, offset) -> assertThat(number).isEqualTo(offsets.get(offset)));
      }
      next = progress.nextOffset();
    }
  }
}
