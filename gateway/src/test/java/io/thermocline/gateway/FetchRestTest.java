package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.gateway.fetch.FetchAnswer;
import io.thermocline.gateway.fetch.FetchContext;
import io.thermocline.gateway.fetch.FetchStream;
import io.thermocline.gateway.fetch.ReplayPace;
import io.thermocline.gateway.fetch.StreamTime;
import io.thermocline.gateway.read.ReadGate;
import io.thermocline.gateway.read.ReadPools;
import io.thermocline.gateway.read.TieredReader;
import io.thermocline.gateway.stream.ByteBudget;
import io.thermocline.gateway.stream.OpenStreams;
import io.thermocline.gateway.stream.StreamMetrics;
import io.thermocline.gateway.stream.StreamSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.HotTier;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When replays rest, and what makes them, on one thread and by a clock that the test moves. */
class FetchRestTest {
  private static final int TURN_BYTES = 1024;
  private static final int BATCHES = 20;
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  /** How long a read for the follower takes. */
  private long readNanos;

  private long now = Long.MIN_VALUE / 2;

  private record Later(long due, Runnable step) {}

  private final Deque<Later> later = new ArrayDeque<>();

  private final StreamTime time =
      new StreamTime() {
        @Override
        public Runnable every(Runnable beat) {
          return () -> {};
        }

        @Override
        public void after(long nanos, Runnable step) {
          later.add(new Later(now + nanos, step));
        }

        @Override
        public long nanoTime() {
          return now;
        }
      };

  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final MemoryHotTier memory = new MemoryHotTier(topics, clock);
  private final HotTier hot =
      new ForwardingHotTier(memory) {
        @Override
        public CompletableFuture<ReadResult> read(TopicPartition id, long from, int maxBytes) {
          now += id.topic().name().equals("tail") ? readNanos : 0;
          return super.read(id, from, maxBytes);
        }
      };
  private final ReplayPace pace = new ReplayPace(now);
  private final FetchContext context =
      new FetchContext(
          topics,
          hot,
          new TieredReader(
              hot,
              new MemoryColdTier(),
              new ReadPools(new ReadGate(2, 10, Runnable::run), Runnable::run)),
          Runnable::run,
          new StreamSettings(TURN_BYTES, TURN_BYTES, TURN_BYTES, TURN_BYTES, 1 << 20, 10),
          new ByteBudget(1 << 20),
          time,
          pace,
          new StreamMetrics(new SimpleMeterRegistry()),
          new OpenStreams());

  private final TopicPartition tail = topics.create("tail", 1).partition(0);

  private FetchPeer fetch(String topic, boolean follow) {
    FetchPeer peer = new FetchPeer();
    new FetchStream(peer, context)
        .onNext(
            FetchRequest.newBuilder()
                .setAdd(FetchCall.partition(topic, FetchCall.earliest()).setFollow(follow))
                .build());
    return peer;
  }

  private void append(TopicPartition id) {
    var unused =
        Await.result(
            memory.append(id, TestBatches.content(Compression.NONE, Records.plain(0, 40))));
  }

  private FetchPeer replay() {
    TopicPartition old = topics.create("old", 1).partition(0);
    for (int i = 0; i < BATCHES; i++) {
      append(old);
    }
    return fetch("old", false);
  }

  private static int batches(FetchPeer peer) {
    return peer.answers.stream().map(FetchAnswer::batches).mapToInt(list -> list.size()).sum();
  }

  /** Appends what the follower is to see, in as many windows of the pace. */
  private void follow(int times) {
    for (int i = 0; i < times; i++) {
      now += 10 * MILLI;
      append(tail);
    }
  }

  @Test
  void aReplayRestsBeforeEachReadWhileAFollowerIsServedLate() {
    FetchPeer follower = fetch("tail", true);
    readNanos = 2 * MILLI;
    follow(6);
    assertThat(batches(follower)).isEqualTo(6);
    long rest = pace.rest(now);
    assertThat(rest).isPositive();

    FetchPeer replay = replay();
    for (int read = 0; read < BATCHES; read++) {
      assertThat(batches(replay)).as("before it has rested").isEqualTo(read);
      Later next = later.remove();
      assertThat(next.due()).isEqualTo(now + rest);
      next.step().run();
    }
    assertThat(batches(replay)).isEqualTo(BATCHES);
    assertThat(later).isEmpty();
  }

  @Test
  void aReplayGoesOnAtOnceWhileFollowersAreServedAtOnce() {
    FetchPeer follower = fetch("tail", true);
    follow(20);
    assertThat(batches(follower)).isEqualTo(20);

    assertThat(batches(replay())).isEqualTo(BATCHES);
    assertThat(later).isEmpty();
  }

  @Test
  void aFollowerThatIsSlowItselfMakesNobodyRest() {
    FetchPeer follower = fetch("tail", true);
    for (int i = 0; i < 20; i++) {
      follower.hesitate();
      append(tail);
      now += 20 * MILLI;
      follower.goOn();
    }
    assertThat(batches(follower)).isEqualTo(20);

    assertThat(pace.rest(now)).isZero();
    assertThat(batches(replay())).isEqualTo(BATCHES);
  }

  @Test
  void aRestThatIsSoughtAwayFromIsNotTakenTwice() {
    FetchPeer unused = fetch("tail", true);
    readNanos = 2 * MILLI;
    follow(6);
    TopicPartition old = topics.create("old", 1).partition(0);
    append(old);
    FetchPeer peer = new FetchPeer();
    FetchStream replay = new FetchStream(peer, context);
    replay.onNext(
        FetchRequest.newBuilder().setAdd(FetchCall.partition("old", FetchCall.earliest())).build());
    replay.onNext(
        FetchRequest.newBuilder()
            .setSeek(
                io.thermocline.proto.v1.SeekPartition.newBuilder()
                    .setTopic("old")
                    .setStart(FetchCall.earliest())
                    .setPositionId(2))
            .build());

    assertThat(later).hasSize(2);
    later.remove().step().run();
    assertThat(batches(peer)).isZero();
    later.remove().step().run();
    assertThat(batches(peer)).isEqualTo(1);
  }
}
