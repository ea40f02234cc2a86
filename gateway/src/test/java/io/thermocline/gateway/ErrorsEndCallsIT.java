package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.Compression;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.GetTopicRequest;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.VerifyRequest;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What no one foresaw, such as too deep a stack, ends its call, or is the answer of its batch, and
 * leaves room for the next.
 */
@Timeout(60)
class ErrorsEndCallsIT {
  /** Every look at a partition ends in an Error. */
  private static HotTier withoutState(HotTier hot) {
    return new ForwardingHotTier(hot) {
      @Override
      public PartitionState state(TopicPartition id) {
        throw new StackOverflowError("Injected by a test");
      }
    };
  }

  private static void assertInternal(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StatusRuntimeException.class)
        .extracting(e -> ((StatusRuntimeException) e).getStatus().getCode())
        .isEqualTo(Status.Code.INTERNAL);
  }

  @Test
  void ofOneAnswer() {
    try (OpenGateway gateway =
        new OpenGateway(
            UnaryOperator.identity(), ErrorsEndCallsIT::withoutState, UnaryOperator.identity())) {
      GetTopicRequest request =
          GetTopicRequest.newBuilder().setName(gateway.partition("t").topic().name()).build();
      assertInternal(() -> gateway.topicCalls().getTopic(request));
    }
  }

  @Test
  void ofABatchOnAnyThread() {
    UnaryOperator<HotTier> broken =
        hot ->
            new ForwardingHotTier(hot) {
              @Override
              public CompletableFuture<Appended> append(
                  TopicPartition id, BatchContent batch, AppendConditions conditions) {
                throw new StackOverflowError("Injected by a test");
              }
            };
    try (OpenGateway gateway =
        new OpenGateway(UnaryOperator.identity(), broken, UnaryOperator.identity())) {
      String topic = gateway.partition("t").topic().name();
      ProduceCall produce = gateway.produce();
      for (Compression compression : List.of(Compression.NONE, Compression.ZSTD)) {
        produce.send(
            ProduceRequest.newBuilder()
                .setTopic(topic)
                .setRestart(true)
                .setBatch(OpenGateway.wire(TestBatches.content(compression, Records.plain(0, 3))))
                .build());
        Refusals.check(ErrorKind.INTERNAL, produce.next().getError());
      }
      assertThat(produce.end()).isEqualTo(Status.OK);
      Await.until(
          "the bytes were given back",
          () -> gateway.metrics.get("thermocline.produce.buffered").gauge().value() == 0);
    }
  }

  @Test
  void ofABatchWhoseAnswerCanNotBeMade() {
    UnaryOperator<HotTier> broken =
        hot ->
            new ForwardingHotTier(hot) {
              @Override
              public CompletableFuture<Appended> append(
                  TopicPartition id, BatchContent batch, AppendConditions conditions) {
                // Nothing to take the base offset from.
                return CompletableFuture.completedFuture(null);
              }
            };
    try (OpenGateway gateway =
        new OpenGateway(UnaryOperator.identity(), broken, UnaryOperator.identity())) {
      ProduceCall produce = gateway.produce();
      produce.send(
          ProduceRequest.newBuilder()
              .setTopic(gateway.partition("t").topic().name())
              .setBatch(
                  OpenGateway.wire(TestBatches.content(Compression.NONE, Records.plain(0, 3))))
              .build());
      assertThat(produce.end().getCode()).isEqualTo(Status.Code.INTERNAL);
      Await.until(
          "the bytes were given back",
          () -> gateway.metrics.get("thermocline.produce.buffered").gauge().value() == 0);
    }
  }

  @Test
  void ofAStepOfAFetch() {
    try (OpenGateway gateway =
        new OpenGateway(
            UnaryOperator.identity(), ErrorsEndCallsIT::withoutState, UnaryOperator.identity())) {
      gateway.topic("t", 1);
      FetchCall fetch = gateway.fetch().add(FetchCall.partition("t", FetchCall.earliest()));
      assertThat(fetch.received.end().getCode()).isEqualTo(Status.Code.INTERNAL);
      for (String left : List.of("thermocline.grpc.open", "thermocline.streams.open")) {
        Await.until(left + " is 0", () -> gateway.metrics.get(left).gauge().value() == 0);
      }
    }
  }

  @Test
  void ofAReadForAFetch() {
    UnaryOperator<HotTier> broken =
        hot ->
            new ForwardingHotTier(hot) {
              @Override
              public CompletableFuture<ReadResult> read(TopicPartition id, long from, int max) {
                throw new StackOverflowError("Injected by a test");
              }
            };
    try (OpenGateway gateway =
        new OpenGateway(UnaryOperator.identity(), broken, UnaryOperator.identity())) {
      TopicPartition id = gateway.partition("t");
      gateway.append(id, Records.plain(0, 10));
      // More of them than older reads may be under way at once.
      for (int i = 0; i <= GatewaySettings.defaults().pools().olderReads(); i++) {
        FetchCall fetch = gateway.fetch().add(FetchCall.partition("t", FetchCall.earliest()));
        Refusals.check(ErrorKind.INTERNAL, fetch.next().getError());
        assertThat(fetch.halfClose().received.end()).isEqualTo(Status.OK);
      }
      Await.until(
          "the bytes were given back",
          () -> gateway.metrics.get("thermocline.fetch.buffered").gauge().value() == 0);
    }
  }

  @Test
  void ofAReadForAFollower() {
    UnaryOperator<HotTier> broken =
        hot ->
            new ForwardingHotTier(hot) {
              @Override
              public CompletableFuture<ReadResult> read(TopicPartition id, long from, int max) {
                if (from == 10) {
                  throw new StackOverflowError("Injected by a test");
                }
                return super.read(id, from, max);
              }
            };
    try (OpenGateway gateway =
        new OpenGateway(UnaryOperator.identity(), broken, UnaryOperator.identity())) {
      TopicPartition id = gateway.partition("t");
      gateway.append(id, Records.plain(0, 10));
      FetchCall fetch =
          gateway.fetch().add(FetchCall.partition("t", FetchCall.earliest()).setFollow(true));
      assertThat(fetch.until(FetchResponse::getCaughtUp)).isNotEmpty();
      gateway.append(id, Records.plain(10, 10));
      Refusals.check(ErrorKind.INTERNAL, fetch.until(FetchResponse::hasError).get(0).getError());
      assertThat(fetch.halfClose().received.end()).isEqualTo(Status.OK);
      Await.until(
          "the bytes were given back",
          () -> gateway.metrics.get("thermocline.fetch.buffered").gauge().value() == 0);
    }
  }

  @Test
  void ofAQuery() {
    QueryRequest request = QueryRequest.newBuilder().setSql("SELECT too deep").build();
    try (OpenGateway gateway = new OpenGateway()) {
      for (int i = 0; i <= GatewaySettings.defaults().pools().statements(); i++) {
        assertInternal(() -> gateway.queryCalls().query(request).next());
      }
    }
  }

  @Test
  void ofAnAudit() {
    UnaryOperator<ColdTier> broken =
        cold ->
            new ForwardingColdTier(cold) {
              @Override
              public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
                throw new StackOverflowError("Injected by a test");
              }
            };
    try (OpenGateway gateway =
        new OpenGateway(UnaryOperator.identity(), UnaryOperator.identity(), broken)) {
      TopicPartition id = gateway.partition("t");
      gateway.append(id, Records.plain(0, 10));
      long unused = gateway.tiering.tier(id);
      for (int i = 0; i < 2; i++) {
        assertInternal(
            () ->
                gateway
                    .tieringCalls()
                    .verify(VerifyRequest.getDefaultInstance())
                    .forEachRemaining(response -> {}));
      }
    }
  }
}
