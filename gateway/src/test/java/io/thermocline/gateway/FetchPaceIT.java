package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Replays rest while followers are served late, and only then. */
class FetchPaceIT extends FetchCases {
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private volatile boolean late;

  private double rest() {
    return gateway.metrics.get("thermocline.fetch.rest.seconds").gauge().value();
  }

  @Test
  void aReplayRestsWhileAFollowerIsServedLateAndLosesNothingByIt() {
    reopen(
        settings -> settings,
        hot ->
            new ForwardingHotTier(hot) {
              @Override
              public CompletableFuture<ReadResult> read(
                  TopicPartition id, long from, int maxBytes) {
                long until = System.nanoTime() + LATE_NANOS;
                while (late && id.topic().name().equals("tail") && System.nanoTime() < until) {
                  Thread.onSpinWait();
                }
                return super.read(id, from, maxBytes);
              }
            });
    var unusedOld = halfTiered("old", 200);
    TopicPartition tail = gateway.partition("tail");
    FetchCall follower = gateway.fetch();
    follower.add(FetchCall.partition("tail", FetchCall.earliest()).setFollow(true));
    assertThat(follower.next().getCaughtUp()).isTrue();

    late = true;
    Await.until(
        "the follower was served late for long enough",
        () -> {
          gateway.append(tail, Records.plain(0, 1));
          var unused = follower.next();
          return rest() > 0.001;
        });
    FetchCall replay = gateway.fetch();
    replay.add(FetchCall.partition("old", FetchCall.earliest()));
    assertThat(FetchCall.records(replay.untilDone())).isEqualTo(Records.plain(0, 2000));

    Await.until("nobody is served any more", () -> rest() == 0);
    follower.cancel();
    replay.cancel();
  }

  @Test
  void withoutFollowersNothingRests() {
    var unusedOld = halfTiered("old", 200);
    FetchCall replay = gateway.fetch();
    replay.add(FetchCall.partition("old", FetchCall.earliest()));
    assertThat(FetchCall.records(replay.untilDone())).hasSize(2000);
    assertThat(rest()).isZero();
    replay.cancel();
  }
}
