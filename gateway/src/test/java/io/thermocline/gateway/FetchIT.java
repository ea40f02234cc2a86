package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.Latest;
import io.thermocline.proto.v1.StartPosition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FetchIT {
  private static final int KIB = 1024;

  private OpenGateway gateway = new OpenGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  private void reopen(UnaryOperator<GatewaySettings> settings) {
    gateway.close();
    gateway = new OpenGateway(settings);
  }

  /** Batches of ten plain records each, the older half of them in the cold tier alone. */
  private TopicPartition halfTiered(String topic, int batches) {
    TopicPartition id = gateway.partition(topic);
    append(id, 0, batches / 2);
    gateway.tiering.trim(id, gateway.tiering.tier(id));
    append(id, batches / 2, batches);
    return id;
  }

  private void append(TopicPartition id, int fromBatch, int toBatch) {
    for (int batch = fromBatch; batch < toBatch; batch++) {
      gateway.append(id, Records.plain(batch * 10L, 10));
    }
  }

  private static List<StoredRecord> from(long offset, List<StoredRecord> records) {
    return records.stream().filter(record -> record.offset() >= offset).toList();
  }

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
    gateway.close();
    AtomicLong reads = new AtomicLong();
    gateway =
        new OpenGateway(
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
                },
            UnaryOperator.identity());
    append(gateway.partition("t"), 0, 4);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()));
    assertThat(from(20, FetchCall.records(fetch.untilDone()))).isEqualTo(Records.plain(20, 20));
    fetch.cancel();
  }

  @Test
  void slowReadersThatHoldAllTheMemoryDoNotStopOthers() {
    reopen(
        settings ->
            settings.with(new GatewaySettings.Streams(KIB, KIB, 64 * KIB, 64 * KIB, 1, 10)));
    TopicPartition id = gateway.partition("t");
    for (int batch = 0; batch < 200; batch++) {
      gateway.append(id, Records.plain(batch * 1000L, 1000));
    }
    List<FetchCall> asleep = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      FetchCall fetch = new FetchCall(gateway.channel, true);
      fetch.add(FetchCall.partition("t", FetchCall.earliest()));
      asleep.add(fetch);
    }
    FetchCall awake = gateway.fetch();
    awake.add(FetchCall.partition("t", FetchCall.earliest()));
    assertThat(FetchCall.records(awake.untilDone())).hasSize(200_000);
    asleep.forEach(FetchCall::cancel);
    awake.cancel();
  }

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
    gateway.close();
    Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    gateway =
        new OpenGateway(
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
                },
            UnaryOperator.identity());
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

  @Test
  void creditBoundsWhatIsSentToOneResponseMore() {
    TopicPartition id = gateway.partition("t");
    append(id, 0, 50);
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()).setCreditBytes(1));
    List<FetchResponse> responses = new ArrayList<>();
    responses.add(fetch.next());
    assertThat(responses.get(0).getBatchesCount()).isEqualTo(1);
    long granted = 1;
    while (!responses.get(responses.size() - 1).getDone()) {
      fetch.add(FetchCall.partition("fence", FetchCall.earliest()));
      FetchResponse fence = fetch.next();
      assertThat(fence.getTopic()).as("nothing comes without credit").isEqualTo("fence");
      fetch.remove("fence");
      long last = payloadBytes(responses.get(responses.size() - 1));
      fetch.credit("t", last);
      granted += last;
      responses.add(fetch.next());
      assertThat(responses.get(responses.size() - 1).getBatchesCount()).isEqualTo(1);
    }
    long sent = responses.stream().mapToLong(FetchIT::payloadBytes).sum();
    assertThat(sent - payloadBytes(responses.get(responses.size() - 1))).isLessThan(granted);
    assertThat(FetchCall.records(responses)).isEqualTo(Records.plain(0, 500));
    fetch.cancel();
  }

  private static long payloadBytes(FetchResponse response) {
    return response.getBatchesList().stream().mapToLong(batch -> batch.getPayload().size()).sum();
  }

  @Test
  void partitionsTakeTurnsByBytes() {
    reopen(
        settings ->
            settings.with(new GatewaySettings.Streams(KIB, KIB, KIB, 64 * KIB, 1024 * KIB, 10)));
    gateway.topic("t", 3);
    // Partition 0 has batches ten times as large as the others have.
    for (int batch = 0; batch < 40; batch++) {
      gateway.append(gateway.topics.require("t").partition(0), Records.plain(0, 300));
    }
    for (int batch = 0; batch < 400; batch++) {
      gateway.append(gateway.topics.require("t").partition(1), Records.plain(0, 30));
      gateway.append(gateway.topics.require("t").partition(2), Records.plain(0, 30));
    }
    FetchCall fetch = gateway.fetch();
    for (int partition = 0; partition < 3; partition++) {
      fetch.add(FetchCall.partition("t", FetchCall.earliest()).setPartition(partition));
    }
    // The first has no others to take turns with until those are added too.
    Map<Integer, Long> sent = new HashMap<>();
    while (sent.size() < 3) {
      sent.put(fetch.next().getPartition(), 0L);
    }
    int largest = 0;
    int done = 0;
    while (done == 0) {
      FetchResponse response = fetch.next();
      done += response.getDone() ? 1 : 0;
      sent.merge(response.getPartition(), payloadBytes(response), Long::sum);
      largest = (int) Math.max(largest, payloadBytes(response));
    }
    // All have about the same to send; when the first is done the others had nearly as much.
    long most = sent.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    for (long bytes : sent.values()) {
      assertThat(most - bytes).as("sent %s", sent).isLessThan(4L * largest);
    }
    fetch.cancel();
  }

  @Test
  void responsesStayBelowTheirLimitUnlessOneBatchIsLarger() {
    reopen(
        settings ->
            settings.with(
                new GatewaySettings.Streams(KIB, KIB, 512 * KIB, 8 * KIB, 1024 * KIB, 10)));
    TopicPartition id = gateway.partition("t");
    append(id, 0, 200);
    gateway.append(id, Records.plain(2000, 1000));
    FetchCall fetch = gateway.fetch();
    fetch.add(FetchCall.partition("t", FetchCall.earliest()));
    List<FetchResponse> responses = fetch.untilDone();
    assertThat(FetchCall.records(responses)).isEqualTo(Records.plain(0, 3000));
    assertThat(responses)
        .allMatch(
            response ->
                response.getSerializedSize() <= 8 * KIB + 200 || response.getBatchesCount() == 1);
    long next = 0;
    for (FetchResponse response : responses) {
      assertThat(response.getNextOffset()).isGreaterThan(next);
      next = response.getNextOffset();
    }
    fetch.cancel();
  }

  @Test
  void slowReaderIsBoundedWhileAFastOneGoesOn() {
    AtomicLong slowBytes = new AtomicLong();
    gateway.close();
    gateway =
        new OpenGateway(
            settings ->
                settings.with(
                    new GatewaySettings.Streams(KIB, KIB, 64 * KIB, 64 * KIB, 4L * 1024 * KIB, 10)),
            hot ->
                new ForwardingHotTier(hot) {
                  @Override
                  public CompletableFuture<ReadResult> read(
                      TopicPartition id, long from, int maxBytes) {
                    return super.read(id, from, maxBytes)
                        .whenComplete(
                            (read, failure) -> {
                              if (id.topic().name().equals("slow")
                                  && read instanceof ReadResult.Progress progress) {
                                progress
                                    .batches()
                                    .forEach(batch -> slowBytes.addAndGet(batch.sizeInBytes()));
                              }
                            });
                  }
                },
            UnaryOperator.identity());
    TopicPartition slow = gateway.partition("slow");
    TopicPartition fast = gateway.partition("fast");
    for (int batch = 0; batch < 200; batch++) {
      gateway.append(slow, Records.plain(batch * 1000L, 1000));
      gateway.append(fast, Records.plain(batch * 1000L, 1000));
    }
    FetchCall asleep = new FetchCall(gateway.channel, true);
    asleep.add(FetchCall.partition("slow", FetchCall.earliest()));
    FetchCall awake = gateway.fetch();
    awake.add(FetchCall.partition("fast", FetchCall.earliest()));
    assertThat(FetchCall.records(awake.untilDone())).hasSize(200_000);
    // Two reads ahead, what makes the peer unready, and what HTTP/2's window lets through.
    assertThat(slowBytes.get()).isLessThan(2L * 64 * KIB + 128 * KIB + 1100 * KIB);
    asleep.received.call().request(Integer.MAX_VALUE);
    assertThat(FetchCall.records(asleep.untilDone())).isEqualTo(Records.plain(0, 200_000));
    awake.cancel();
    asleep.cancel();
    Await.until(
        "all memory was given back",
        () -> gateway.metrics.get("thermocline.fetch.buffered").gauge().value() == 0);
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
    gateway.close();
    gateway =
        new OpenGateway(
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
                },
            UnaryOperator.identity());
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

  private static void ended(FetchCall fetch) {
    Refusals.ended(ErrorKind.INVALID, fetch.received.end());
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
}
