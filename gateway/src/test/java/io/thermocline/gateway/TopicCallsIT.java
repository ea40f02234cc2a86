package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.ColdData;
import io.thermocline.proto.v1.CommitOffsetsRequest;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.DeleteTopicRequest;
import io.thermocline.proto.v1.GetTopicRequest;
import io.thermocline.proto.v1.GetTopicResponse;
import io.thermocline.proto.v1.GroupOffset;
import io.thermocline.proto.v1.InitProducerRequest;
import io.thermocline.proto.v1.ListTopicsRequest;
import io.thermocline.proto.v1.ListTopicsResponse;
import io.thermocline.proto.v1.PartitionDescription;
import io.thermocline.proto.v1.RaiseFenceRequest;
import io.thermocline.proto.v1.Topic;
import io.thermocline.proto.v1.TopicServiceGrpc;
import io.thermocline.proto.v1.UpdateTopicRequest;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a topic is created, told, listed, grown and deleted by, and what is refused. */
class TopicCallsIT {
  private OpenGateway gateway = new OpenGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  private void reopen(UnaryOperator<ColdTier> aroundCold) {
    gateway.close();
    gateway = new OpenGateway(UnaryOperator.identity(), UnaryOperator.identity(), aroundCold);
  }

  @Test
  void topicHasOnePartitionUnlessMoreAreAskedForAndKeepsItsIdentity() {
    Topic topic = gateway.create("a.topic_with-all", 0);
    assertThat(topic.getPartitionCount()).isEqualTo(1);
    assertThat(topic.getId()).hasSize(36);
    assertThat(topic.getCreateTime().getSeconds())
        .isEqualTo(gateway.clock.instant().getEpochSecond());
    assertThat(
            gateway
                .topicCalls()
                .getTopic(GetTopicRequest.newBuilder().setName("a.topic_with-all").build())
                .getTopic())
        .isEqualTo(topic);
    Refusals.refused(ErrorKind.ALREADY_EXISTS, () -> gateway.create("a.topic_with-all", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "../x", "nul\0", "grüße", "a b", "LONG"})
  void badNamesAreRefused(String name) {
    String tried = name.equals("LONG") ? "x".repeat(250) : name;
    Refusals.refused(ErrorKind.INVALID, () -> gateway.create(tried, 1));
    Refusals.refused(
        ErrorKind.INVALID,
        () -> gateway.topicCalls().getTopic(GetTopicRequest.newBuilder().setName(tried).build()));
    Refusals.refused(
        ErrorKind.INVALID,
        () ->
            gateway
                .groupCalls()
                .commitOffsets(CommitOffsetsRequest.newBuilder().setGroup(tried).build()));
    assertThat(gateway.create("x".repeat(249), 1).getName()).hasSize(249);
  }

  @Test
  void badPartitionCountsAreRefused() {
    Refusals.refused(ErrorKind.INVALID, () -> gateway.create("t", -1));
    Refusals.refused(ErrorKind.INVALID, () -> gateway.create("t", 1_000_000));
    gateway.create("t", 3);
    UpdateTopicRequest.Builder update = UpdateTopicRequest.newBuilder().setName("t");
    Refusals.refused(
        ErrorKind.INVALID,
        () -> gateway.topicCalls().updateTopic(update.setPartitionCount(2).build()));
    assertThat(
            gateway
                .topicCalls()
                .updateTopic(update.setPartitionCount(5).build())
                .getTopic()
                .getPartitionCount())
        .isEqualTo(5);
  }

  @Test
  void nameIsRefusedWhoseTableAnotherTopicHasAndThatOneIsNamed() {
    gateway.create("in.use", 1);
    TopicPartition id = gateway.partition("in.use");
    gateway.append(id, Records.plain(0, 3));
    assertThat(gateway.tiering.tier(id)).isEqualTo(3);
    assertThat(
            Refusals.refused(ErrorKind.ALREADY_EXISTS, () -> gateway.create("IN-use", 1))
                .getMessage())
        .contains("'in.use'")
        .doesNotContain("drop");
  }

  @Test
  void nameIsRefusedWhoseTableAnotherTopicLeftInTheColdTier() {
    gateway.create("left.over", 1);
    TopicPartition id = gateway.partition("left.over");
    gateway.append(id, Records.plain(0, 3));
    assertThat(gateway.tiering.tier(id)).isEqualTo(3);
    delete("left.over", ColdData.COLD_DATA_KEEP);
    Refusals.refused(ErrorKind.ALREADY_EXISTS, () -> gateway.create("left.over", 1));
    Refusals.refused(ErrorKind.ALREADY_EXISTS, () -> gateway.create("LEFT-over", 1));
    assertThat(gateway.topics.list()).isEmpty();
  }

  @Test
  void topicIsCreatedAlsoWhileTheColdTierIsAway() {
    reopen(TopicCallsIT::away);
    assertThat(gateway.create("t", 1).getName()).isEqualTo("t");
    GetTopicResponse described =
        gateway.topicCalls().getTopic(GetTopicRequest.newBuilder().setName("t").build());
    assertThat(described.getColdAvailable()).isFalse();
    assertThat(described.getPartitionsCount()).isEqualTo(1);
  }

  private static ColdTier away(ColdTier cold) {
    return new ForwardingColdTier(cold) {
      @Override
      public Optional<io.thermocline.model.ColdTopic> topic(TopicId topic) {
        throw new ThermoclineException(ErrorKind.TRANSIENT, "the catalog is away");
      }

      @Override
      public boolean tableTaken(TopicId id) {
        throw new ThermoclineException(ErrorKind.TRANSIENT, "the catalog is away");
      }
    };
  }

  @Test
  void callsThatWaitForTheColdTierKeepNobodyElseWaiting() {
    CompletableFuture<Void> coldIsBack = new CompletableFuture<>();
    reopen(cold -> hanging(cold, coldIsBack));
    TopicPartition id = gateway.partition("t");
    TopicServiceGrpc.TopicServiceFutureStub calls = TopicServiceGrpc.newFutureStub(gateway.channel);
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < GatewaySettings.defaults().pools().control(); i++) {
      waiting.add(calls.getTopic(GetTopicRequest.newBuilder().setName("t").build()));
      waiting.add(calls.createTopic(CreateTopicRequest.newBuilder().setName("new" + i).build()));
      String old = "old" + i;
      gateway.topic(old, 1);
      waiting.add(
          calls.deleteTopic(
              DeleteTopicRequest.newBuilder()
                  .setName(old)
                  .setCold(ColdData.COLD_DATA_PURGE)
                  .build()));
    }
    assertThat(gateway.streamCalls().initProducer(InitProducerRequest.getDefaultInstance()))
        .isNotNull();
    assertThat(
            gateway
                .streamCalls()
                .raiseFence(
                    RaiseFenceRequest.newBuilder().setTopic(id.topic().name()).setToken(1).build())
                .getToken())
        .isEqualTo(1);
    assertThat(
            gateway
                .groupCalls()
                .commitOffsets(
                    CommitOffsetsRequest.newBuilder()
                        .setGroup("g")
                        .addOffsets(GroupOffset.newBuilder().setTopic("t"))
                        .build()))
        .isNotNull();
    assertThat(gateway.topicCalls().listTopics(ListTopicsRequest.getDefaultInstance())).isNotNull();
    assertThat(
            gateway
                .topicCalls()
                .getTopic(GetTopicRequest.newBuilder().setName("t").setTopicOnly(true).build())
                .getTopic()
                .getName())
        .isEqualTo("t");
    assertThat(waiting).noneMatch(Future::isDone);
    coldIsBack.complete(null);
    Await.until("all are answered", () -> waiting.stream().allMatch(Future::isDone));
  }

  private static ColdTier hanging(ColdTier cold, CompletableFuture<Void> back) {
    return new ForwardingColdTier(cold) {
      @Override
      public Optional<io.thermocline.model.ColdTopic> topic(TopicId topic) {
        Await.result(back);
        return super.topic(topic);
      }

      @Override
      public boolean tableTaken(TopicId id) {
        Await.result(back);
        return super.tableTaken(id);
      }

      @Override
      public void purge(TopicId topic) {
        Await.result(back);
        super.purge(topic);
      }
    };
  }

  @Test
  void deletingSaysWhatBecomesOfTheColdData() {
    gateway.create("t", 1);
    Refusals.refused(ErrorKind.INVALID, () -> delete("t", ColdData.COLD_DATA_UNSPECIFIED));
    delete("t", ColdData.COLD_DATA_PURGE);
    Refusals.refused(ErrorKind.NOT_FOUND, () -> delete("t", ColdData.COLD_DATA_PURGE));
    Refusals.refused(
        ErrorKind.NOT_FOUND,
        () -> gateway.topicCalls().getTopic(GetTopicRequest.newBuilder().setName("t").build()));
  }

  private void delete(String name, ColdData cold) {
    var unused =
        gateway
            .topicCalls()
            .deleteTopic(DeleteTopicRequest.newBuilder().setName(name).setCold(cold).build());
  }

  @Test
  void describingATopicTellsBothTiers() {
    gateway.create("t", 2);
    TopicPartition id = gateway.partition("t");
    gateway.append(id, Records.plain(0, 10));
    gateway.tiering.trim(id, gateway.tiering.tier(id));
    gateway.append(id, Records.plain(10, 5));
    GetTopicResponse described =
        gateway
            .topicCalls()
            .getTopic(GetTopicRequest.newBuilder().setName("t").setIncludeFiles(true).build());
    assertThat(described.getColdAvailable()).isTrue();
    assertThat(described.getTable()).isNotEmpty();
    PartitionDescription partition = described.getPartitions(0);
    assertThat(partition.getLogStart()).isZero();
    assertThat(partition.getHotStart()).isEqualTo(10);
    assertThat(partition.getTieredTo()).isEqualTo(10);
    assertThat(partition.getEnd()).isEqualTo(15);
    assertThat(partition.getColdFiles()).isEqualTo(1);
    assertThat(partition.getFiles(0).getRows()).isEqualTo(10);
    assertThat(partition.getHotBytes()).isPositive();
    assertThat(described.getPartitions(1).getEnd()).isZero();
    assertThat(
            gateway
                .topicCalls()
                .getTopic(GetTopicRequest.newBuilder().setName("t").setTopicOnly(true).build())
                .getPartitionsCount())
        .isZero();
  }

  @Test
  void topicsAreListedPageByPage() {
    List<String> created = List.of("a", "b", "c", "d", "e");
    created.forEach(name -> gateway.create(name, 1));
    List<String> listed = new ArrayList<>();
    ListTopicsRequest.Builder request = ListTopicsRequest.newBuilder().setPageSize(2);
    ListTopicsResponse page;
    do {
      page = gateway.topicCalls().listTopics(request.build());
      page.getTopicsList().forEach(topic -> listed.add(topic.getName()));
      request.setPageToken(page.getNextPageToken());
    } while (!page.getNextPageToken().isEmpty());
    assertThat(listed).isEqualTo(created);
    Refusals.refused(
        ErrorKind.INVALID,
        () ->
            gateway
                .topicCalls()
                .listTopics(ListTopicsRequest.newBuilder().setPageSize(-1).build()));
  }
}
