package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.gateway.stream.StreamSettings;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Credit, memory, turns: how much is sent, and that nobody stops others. */
class FetchBoundsIT extends FetchCases {
  @Test
  void slowReadersThatHoldAllTheMemoryDoNotStopOthers() {
    reopen(settings -> settings.with(new StreamSettings(KIB, KIB, 64 * KIB, 64 * KIB, 1, 10)));
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
    long sent = responses.stream().mapToLong(FetchBoundsIT::payloadBytes).sum();
    assertThat(sent - payloadBytes(responses.get(responses.size() - 1))).isLessThan(granted);
    assertThat(FetchCall.records(responses)).isEqualTo(Records.plain(0, 500));
    fetch.cancel();
  }

  @Test
  void partitionsTakeTurnsByBytes() {
    reopen(settings -> settings.with(new StreamSettings(KIB, KIB, KIB, 64 * KIB, 1024 * KIB, 10)));
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
            settings.with(new StreamSettings(KIB, KIB, 512 * KIB, 8 * KIB, 1024 * KIB, 10)));
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
    reopen(
        settings ->
            settings.with(new StreamSettings(KIB, KIB, 64 * KIB, 64 * KIB, 4L * 1024 * KIB, 10)),
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
            });
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

  private static long payloadBytes(FetchResponse response) {
    return response.getBatchesList().stream().mapToLong(batch -> batch.getPayload().size()).sum();
  }
}
