package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.thermocline.model.Compression;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.Tier;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The whole way: over a socket, through both tiers. */
class GatewayServerIT {
  @Test
  void whatIsProducedIsFetchedFromBothTiersInOneStream() {
    try (OpenGateway gateway = new OpenGateway()) {
      gateway
          .topicCalls()
          .createTopic(
              CreateTopicRequest.newBuilder().setName("lake").setPartitionCount(2).build());
      TopicPartition id = gateway.partition("lake");
      List<StoredRecord> sent = new ArrayList<>(Records.odd(0));
      ProduceCall produce = gateway.produce();
      produce.send(7, "lake", 0, batch(Compression.ZSTD, sent));
      assertThat(produce.next().getRequestId()).isEqualTo(7);
      gateway.tiering.trim(id, gateway.tiering.tier(id));
      List<StoredRecord> tail = Records.plain(sent.size(), 50);
      produce.send(8, "lake", 0, batch(Compression.LZ4, tail));
      assertThat(produce.next().getBaseOffset()).isEqualTo(sent.size());
      assertThat(produce.end()).isEqualTo(Status.OK);
      sent.addAll(tail);

      FetchCall fetch = gateway.fetch();
      fetch.add(FetchCall.partition("lake", FetchCall.earliest()));
      List<FetchResponse> responses = fetch.untilDone();

      assertThat(FetchCall.records(responses)).isEqualTo(sent);
      assertThat(responses.get(0).getTier()).isEqualTo(Tier.TIER_COLD);
      FetchResponse last = responses.get(responses.size() - 1);
      assertThat(last.getTier()).isEqualTo(Tier.TIER_HOT);
      assertThat(last.getNextOffset()).isEqualTo(sent.size());
      assertThat(last.getEnd()).isEqualTo(sent.size());
      assertThat(last.getCaughtUp()).isTrue();
      assertThat(fetch.halfClose().received.end()).isEqualTo(Status.OK);
    }
  }

  @Test
  void followerAtTheEndIsWokenByEachAppend() {
    try (OpenGateway gateway = new OpenGateway()) {
      TopicPartition id = gateway.partition("followed");
      FetchCall fetch = gateway.fetch();
      fetch.add(FetchCall.partition("followed", FetchCall.earliest()).setFollow(true));
      assertThat(fetch.next().getCaughtUp()).isTrue();
      for (int offset = 0; offset < 20; offset++) {
        List<StoredRecord> records = Records.plain(offset, 1);
        gateway.append(id, records);
        FetchResponse response = fetch.until(found -> found.getBatchesCount() > 0).get(0);
        assertThat(FetchCall.records(response)).isEqualTo(records);
      }
      fetch.cancel();
    }
  }

  @Test
  void followersSeeEachRecordOnceWhileTheSeamMovesUnderThem() {
    int batches = 300;
    try (OpenGateway gateway = new OpenGateway()) {
      TopicPartition id = gateway.partition("raced");
      List<FetchCall> followers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        FetchCall fetch = gateway.fetch();
        fetch.add(
            FetchCall.partition("raced", FetchCall.earliest())
                .setFollow(true)
                .setEndOffset(batches * 10L));
        followers.add(fetch);
      }
      CompletableFuture<Void> moving =
          CompletableFuture.runAsync(
              () -> {
                for (int batch = 0; batch < batches; batch++) {
                  gateway.append(id, Records.plain(batch * 10L, 10));
                  if (batch % 3 == 0) {
                    gateway.tiering.trim(id, gateway.tiering.tier(id) - batch % 5);
                  }
                }
              });
      for (FetchCall follower : followers) {
        List<FetchResponse> responses = follower.untilDone();
        assertThat(FetchCall.records(responses)).isEqualTo(Records.plain(0, batches * 10));
        follower.cancel();
      }
      Await.result(moving);
    }
  }

  private static io.thermocline.proto.v1.RecordBatch batch(
      Compression compression, List<StoredRecord> records) {
    return OpenGateway.wire(TestBatches.content(compression, records));
  }
}
