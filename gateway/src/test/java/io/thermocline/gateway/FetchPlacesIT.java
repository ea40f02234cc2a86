package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.Latest;
import io.thermocline.proto.v1.StartPosition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Where a fetch begins and ends, and goes meanwhile. */
class FetchPlacesIT extends FetchCases {
  @Test
  void everyOffsetOfBothTiersIsAPlaceToBegin() {
    halfTiered("t", 6);
    for (long start = 0; start <= 60; start++) {
      FetchCall fetch = gateway.fetch();
      fetch.add(FetchCall.partition("t", FetchCall.offset(start)));
      List<StoredRecord> records = FetchCall.records(fetch.untilDone());
      assertThat(from(start, records)).isEqualTo(Records.plain(start, (int) (60 - start)));
      assertThat(fetch.halfClose().received.end()).isEqualTo(Status.OK);
    }
  }

  @Test
  void offsetOutsideIsRefusedInBandNamingTheReadableRangeAndOthersGoOn() {
    TopicPartition id = halfTiered("t", 4);
    halfTiered("other", 2);
    gateway.tiering.expire(id, 5);
    FetchCall fetch = gateway.fetch();
    for (long outside : new long[] {4, 41, Long.MAX_VALUE, -1}) {
      fetch.add(FetchCall.partition("t", FetchCall.offset(outside)).setPositionId(outside & 63));
      FetchResponse response = fetch.next();
      assertThat(response.getPositionId()).isEqualTo(outside & 63);
      com.google.rpc.Status error = Refusals.check(ErrorKind.OUT_OF_RANGE, response.getError());
      assertThat(error.getMessage()).contains("[5, 40]");
      assertThat(ErrorStatusesTest.detail(error, com.google.rpc.ErrorInfo.class).orElseThrow())
          .extracting(info -> info.getMetadataOrThrow("logStart"))
          .isEqualTo("5");
      fetch.remove("t");
    }
    fetch.add(FetchCall.partition("other", FetchCall.earliest()));
    assertThat(FetchCall.records(fetch.untilDone())).hasSize(20);
    fetch.cancel();
  }

  @Test
  void earliestIsWhereTheLogStartsByTheTimeOfTheFirstRead() {
    AtomicLong reads = new AtomicLong();
    reopen(
        UnaryOperator.identity(),
        hot ->
            new ForwardingHotTier(hot) {
              @Override
              public CompletableFuture<ReadResult> read(
                  TopicPartition id, long from, int maxBytes) {
                // Retention comes between the look at the log start and the first two reads.
                return reads.getAndIncrement() < 2
                    ? advanceLogStart(id, from + 10)
                        .thenCompose(moved -> super.read(id, from, maxBytes))
                    : super.read(id, from, maxBytes);
              }
            });
    append(gateway.partition("t"), 0, 4);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()));
    assertThat(from(20, FetchCall.records(fetch.untilDone()))).isEqualTo(Records.plain(20, 20));
    fetch.cancel();
  }

  @Test
  void startsAtATimestampInEitherTierOrAtTheEnd() {
    halfTiered("t", 4);
    for (long offset : new long[] {0, 7, 19, 20, 21, 39}) {
      FetchCall fetch = gateway.fetch();
      fetch.add(FetchCall.partition("t", FetchCall.timestamp(Records.NOON + offset)));
      assertThat(from(offset, FetchCall.records(fetch.untilDone())))
          .isEqualTo(Records.plain(offset, (int) (40 - offset)));
      fetch.cancel();
    }
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.timestamp(Records.NOON + 1_000_000)));
    assertThat(fetch.next().getDone()).isTrue();
    fetch.remove("t");
    fetch.add(
        FetchCall.partition(
            "t", StartPosition.newBuilder().setLatest(Latest.getDefaultInstance()).build()));
    assertThat(fetch.next().getNextOffset()).isEqualTo(40);
    fetch.cancel();
  }

  @Test
  void endOffsetStopsAFollowerAndAStopperStopsAtTheEndItFound() {
    TopicPartition id = halfTiered("t", 4);
    FetchCall bounded = gateway.fetch();
    bounded.add(FetchCall.partition("t", FetchCall.offset(15)).setEndOffset(50).setFollow(true));
    assertThat(bounded.until(FetchResponse::getCaughtUp)).noneMatch(FetchResponse::getDone);
    FetchCall stopped = gateway.fetch();
    stopped.add(FetchCall.partition("t", FetchCall.earliest()).setCreditBytes(0));
    FetchCall early = gateway.fetch();
    early.add(FetchCall.partition("t", FetchCall.earliest()).setEndOffset(25));
    List<FetchResponse> responses = early.untilDone();
    assertThat(responses.get(responses.size() - 1).getNextOffset()).isEqualTo(30L);
    append(id, 4, 6);
    assertThat(bounded.untilDone()).last().extracting(FetchResponse::getNextOffset).isEqualTo(50L);
    bounded.halfClose();
    assertThat(bounded.received.end()).isEqualTo(Status.OK);
    stopped.credit("t", FetchCall.PLENTY);
    FetchResponse last = stopped.untilDone().get(0);
    assertThat(last.getNextOffset()).isGreaterThan(0);
    early.cancel();
    stopped.cancel();
  }

  @Test
  void seekLeavesTheOldPositionBehind() {
    halfTiered("t", 4);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()).setFollow(true));
    for (int position = 2; position < 30; position++) {
      fetch.seek("t", FetchCall.offset(position), position);
      int wanted = position;
      List<FetchResponse> responses =
          fetch.until(response -> response.getPositionId() == wanted && response.getCaughtUp());
      List<FetchResponse> ours =
          responses.stream().filter(response -> response.getPositionId() == wanted).toList();
      assertThat(from(position, FetchCall.records(ours)))
          .isEqualTo(Records.plain(position, 40 - position));
      assertThat(responses.subList(responses.size() - ours.size(), responses.size()))
          .as("nothing of an older position comes after the first of the new one")
          .isEqualTo(ours);
    }
    fetch.cancel();
  }

  @Test
  void whatWasBeingReadForAnOlderPositionIsDropped() {
    Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    reopen(
        UnaryOperator.identity(),
        hot ->
            new ForwardingHotTier(hot) {
              @Override
              public CompletableFuture<ReadResult> read(
                  TopicPartition id, long from, int maxBytes) {
                CompletableFuture<ReadResult> later = new CompletableFuture<>();
                held.add(() -> later.complete(Await.result(super.read(id, from, maxBytes))));
                return later;
              }
            });
    append(gateway.partition("t"), 0, 4);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()));
    Await.until("it is being read", () -> held.size() == 1);
    fetch.seek("t", FetchCall.offset(20), 2);
    Await.until("it is being read again", () -> held.size() == 2);
    fetch.pause("t").resume("t").seek("t", FetchCall.offset(30), 3);
    fetch.add(FetchCall.partition("fence", FetchCall.earliest()));
    assertThat(fetch.next().getTopic()).as("all of that is in force").isEqualTo("fence");
    // No more reads are begun ahead, so the third waits for the first to end.
    held.remove().run();
    Await.until("it is being read a third time", () -> held.size() == 2);
    held.remove().run();
    held.remove().run();
    List<FetchResponse> responses = fetch.untilDone();
    assertThat(responses).allMatch(response -> response.getPositionId() == 3);
    assertThat(FetchCall.records(responses)).isEqualTo(Records.plain(30, 10));
    fetch.cancel();
  }

  @Test
  void pausedPartitionIsSilentUntilItIsResumedAndLosesNothing() {
    TopicPartition id = halfTiered("t", 2);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()).setFollow(true));
    List<FetchResponse> responses = fetch.until(FetchResponse::getCaughtUp);
    fetch.pause("t");
    // The stream answers requests in order: once this one is answered, the pause is in force.
    fetch.add(FetchCall.partition("fence", FetchCall.earliest()));
    assertThat(fetch.next().getTopic()).isEqualTo("fence");
    append(id, 2, 4);
    fetch.add(FetchCall.partition("fence2", FetchCall.earliest()));
    assertThat(fetch.next().getTopic()).isEqualTo("fence2");
    fetch.resume("t");
    responses.addAll(fetch.until(FetchResponse::getCaughtUp));
    assertThat(FetchCall.records(responses)).isEqualTo(Records.plain(0, 40));
    fetch.cancel();
  }
}
