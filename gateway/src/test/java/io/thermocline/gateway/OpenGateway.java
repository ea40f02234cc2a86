package io.thermocline.gateway;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ColdTier;
import io.thermocline.model.HotTier;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.GroupServiceGrpc;
import io.thermocline.proto.v1.PolicyServiceGrpc;
import io.thermocline.proto.v1.QueryServiceGrpc;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.proto.v1.TieringServiceGrpc;
import io.thermocline.proto.v1.TopicServiceGrpc;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryGroupOffsets;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import io.thermocline.testkit.ToldReader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** A gateway over the fakes of both tiers, listening on free ports of the loopback. */
final class OpenGateway implements AutoCloseable {
  final ManualClock clock = ManualClock.start();
  final MemoryTopics topics = new MemoryTopics(clock);
  final MemoryHotTier memoryHot = new MemoryHotTier(topics, clock);
  final MemoryColdTier memoryCold = new MemoryColdTier();
  final MemoryTiering tiering;
  final MemorySql sql = new MemorySql();
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final AtomicReference<Optional<String>> problem = new AtomicReference<>(Optional.empty());
  final GatewayServer server;
  final ManagedChannel channel;

  OpenGateway() {
    this(UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity());
  }

  OpenGateway(UnaryOperator<GatewaySettings> settings) {
    this(settings, UnaryOperator.identity(), UnaryOperator.identity());
  }

  /** A gateway that sees the tiers through what is put around them. */
  OpenGateway(
      UnaryOperator<GatewaySettings> settings,
      UnaryOperator<HotTier> aroundHot,
      UnaryOperator<ColdTier> aroundCold) {
    ColdTier cold = aroundCold.apply(memoryCold);
    tiering = new MemoryTiering(topics, memoryHot, cold);
    server =
        GatewayServer.open(
            settings.apply(GatewaySettings.defaults().listeningOn("127.0.0.1", 0, 0)),
            new GatewayParts(
                aroundHot.apply(memoryHot),
                cold,
                topics,
                new MemoryGroupOffsets(topics),
                tiering,
                sql,
                ToldReader.none(),
                metrics,
                () -> "# metrics\n",
                clock,
                (method, path, query) ->
                    new HttpPages.Answer(200, "text/plain", method + " " + path + "?" + query),
                problem::get));
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            // Fixed, where it would grow by itself: tests count what is held back.
            .flowControlWindow(1 << 20)
            .build();
  }

  TopicPartition partition(String topic) {
    return topics.find(topic).orElseGet(() -> topics.create(topic, 1)).partition(0);
  }

  Topic topic(String name, int partitions) {
    return topics.create(name, partitions);
  }

  /** Creates a topic by the call. */
  io.thermocline.proto.v1.Topic create(String name, int partitions) {
    return topicCalls()
        .createTopic(
            CreateTopicRequest.newBuilder().setName(name).setPartitionCount(partitions).build())
        .getTopic();
  }

  /** Appends records straight to the hot tier, as one batch. */
  void append(TopicPartition id, List<StoredRecord> records) {
    Await.result(
        memoryHot.append(id, TestBatches.content(io.thermocline.model.Compression.NONE, records)));
  }

  TopicServiceGrpc.TopicServiceBlockingStub topicCalls() {
    return TopicServiceGrpc.newBlockingStub(channel);
  }

  StreamServiceGrpc.StreamServiceBlockingStub streamCalls() {
    return StreamServiceGrpc.newBlockingStub(channel);
  }

  GroupServiceGrpc.GroupServiceBlockingStub groupCalls() {
    return GroupServiceGrpc.newBlockingStub(channel);
  }

  TieringServiceGrpc.TieringServiceBlockingStub tieringCalls() {
    return TieringServiceGrpc.newBlockingStub(channel);
  }

  PolicyServiceGrpc.PolicyServiceBlockingStub policyCalls() {
    return PolicyServiceGrpc.newBlockingStub(channel);
  }

  QueryServiceGrpc.QueryServiceBlockingStub queryCalls() {
    return QueryServiceGrpc.newBlockingStub(channel);
  }

  ProduceCall produce() {
    return new ProduceCall(channel);
  }

  FetchCall fetch() {
    return new FetchCall(channel);
  }

  /** What a producer sends for these records. */
  static RecordBatch wire(BatchContent content) {
    return Wire.content(content);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    try {
      if (!channel.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new AssertionError("The channel did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
