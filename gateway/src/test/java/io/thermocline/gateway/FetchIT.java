package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a fetch stream tells of its partitions, and how it ends. */
class FetchIT extends FetchCases {
  @Test
  void unknownTopicIsToldInBandAndCanBeSoughtOnceItExists() {
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("later", FetchCall.earliest()));
    Refusals.check(ErrorKind.NOT_FOUND, fetch.next().getError());
    fetch.add(FetchCall.partition("no/such", FetchCall.earliest()));
    Refusals.check(ErrorKind.INVALID, fetch.next().getError());
    append(gateway.partition("later"), 0, 1);
    fetch.seek("later", FetchCall.earliest(), 2);
    assertThat(FetchCall.records(fetch.untilDone())).hasSize(10);
    fetch.cancel();
  }

  @Test
  void idleFollowerIsToldSoAgainAndAgain() {
    reopen(settings -> settings.with(Duration.ofMillis(20), Duration.ofSeconds(5)));
    TopicPartition id = halfTiered("t", 2);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()).setFollow(true));
    assertThat(FetchCall.records(fetch.until(FetchResponse::getCaughtUp))).hasSize(20);
    for (int beat = 0; beat < 3; beat++) {
      FetchResponse response = fetch.next();
      assertThat(response.getCaughtUp()).isTrue();
      assertThat(response.getBatchesCount()).isZero();
      assertThat(response.getEnd()).isEqualTo(20);
      assertThat(response.getNextOffset()).isEqualTo(20);
    }
    append(id, 2, 3);
    assertThat(fetch.until(response -> response.getBatchesCount() > 0)).isNotEmpty();
    fetch.cancel();
  }

  @Test
  void idleFollowerIsToldSoAlsoWhileAnotherPartitionReads() {
    reopen(
        settings -> settings.with(Duration.ofMillis(20), Duration.ofSeconds(5)),
        hot ->
            new ForwardingHotTier(hot) {
              @Override
              public CompletableFuture<ReadResult> read(
                  TopicPartition id, long from, int maxBytes) {
                return id.topic().name().equals("busy")
                    ? new CompletableFuture<>()
                    : super.read(id, from, maxBytes);
              }
            });
    gateway.append(gateway.partition("busy"), Records.plain(0, 1));
    TopicPartition idle = gateway.partition("idle");
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("busy", FetchCall.earliest()).setFollow(true));
    fetch.add(FetchCall.partition("idle", FetchCall.earliest()).setFollow(true));
    for (int beat = 0; beat < 3; beat++) {
      FetchResponse response = fetch.next();
      assertThat(response.getTopic()).isEqualTo(idle.topic().name());
      assertThat(response.getCaughtUp()).isTrue();
    }
    fetch.cancel();
  }

  @Test
  void lostRangesAreToldAndPassedOver() {
    TopicPartition id = gateway.partition("t");
    append(id, 0, 4);
    gateway.memoryHot.lose(id, new OffsetRange(10, 20));
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()));
    List<FetchResponse> responses = fetch.untilDone();
    assertThat(responses.stream().flatMap(response -> response.getLostList().stream()).toList())
        .containsExactly(Wire.range(new OffsetRange(10, 20)));
    List<StoredRecord> expected = new ArrayList<>(Records.plain(0, 10));
    expected.addAll(Records.plain(20, 20));
    assertThat(FetchCall.records(responses)).isEqualTo(expected);
    fetch.cancel();
  }

  @Test
  void deletedTopicEndsItsPartitionAndNotTheStream() {
    TopicPartition id = halfTiered("gone", 2);
    halfTiered("stays", 2);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("gone", FetchCall.earliest()).setFollow(true));
    fetch.until(FetchResponse::getCaughtUp);
    gateway.tiering.deleteTopic(id.topic(), true);
    Refusals.check(ErrorKind.NOT_FOUND, fetch.until(FetchResponse::hasError).get(0).getError());
    fetch.add(FetchCall.partition("stays", FetchCall.earliest()));
    assertThat(FetchCall.records(fetch.untilDone())).hasSize(20);
    fetch.cancel();
  }

  @Test
  void aPartitionThatIsResumedWhenItsTopicIsGoneFailsAlone() {
    TopicPartition id = halfTiered("gone", 2);
    halfTiered("stays", 2);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("gone", FetchCall.earliest()));
    assertThat(fetch.untilDone()).isNotEmpty();
    fetch.pause("gone");
    // Answered behind the pause, which is then in force.
    fetch.add(FetchCall.partition("fence", FetchCall.earliest()));
    assertThat(fetch.next().getTopic()).isEqualTo("fence");
    gateway.tiering.deleteTopic(id.topic(), true);
    fetch.resume("gone");
    Refusals.check(ErrorKind.NOT_FOUND, fetch.next().getError());
    fetch.add(FetchCall.partition("stays", FetchCall.earliest()));
    assertThat(FetchCall.records(fetch.untilDone())).hasSize(20);
    fetch.cancel();
  }

  @Test
  void senselessRequestsEndTheStreamWithInvalid() {
    gateway.partition("t");
    AddPartition.Builder add = FetchCall.partition("t", FetchCall.earliest());
    ended(gateway.fetch().pause("t"));
    ended(gateway.fetch().seek("t", FetchCall.earliest(), 1));
    ended(gateway.fetch().credit("t", 1));
    ended(gateway.fetch().send(FetchRequest.newBuilder()));
    ended(gateway.fetch().add(add).add(add));
    ended(gateway.fetch().add(add).credit("t", -1));
    ended(gateway.fetch().add(add.clone().setCreditBytes(-1)));
    ended(gateway.fetch().add(add.clone().setEndOffset(-1)));
  }

  @Test
  void cancelledFollowersLeaveNothingBehind() {
    gateway.partition("t");
    List<FetchCall> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      FetchCall fetch = gateway.fetch();
      fetch.add(FetchCall.partition("t", FetchCall.earliest()).setFollow(true));
      assertThat(fetch.next().getCaughtUp()).isTrue();
      calls.add(fetch);
    }
    assertThat(gateway.metrics.get("thermocline.streams.open").gauge().value()).isEqualTo(20);
    calls.forEach(FetchCall::cancel);
    Await.until(
        "all are closed",
        () -> gateway.metrics.get("thermocline.streams.open").gauge().value() == 0);
  }

  @Test
  void shutdownEndsFollowersUnavailable() {
    gateway.partition("t");
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()).setFollow(true));
    assertThat(fetch.next().getCaughtUp()).isTrue();
    gateway.server.close();
    Refusals.ended(ErrorKind.TRANSIENT, fetch.received.end());
  }

  private static void ended(FetchCall fetch) {
    Refusals.ended(ErrorKind.INVALID, fetch.received.end());
  }
}
