package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.thermocline.gateway.stream.StreamSettings;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.BatchDamage;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProduceIT {
  private static final RecordBatch GOOD = batch(3);

  /** What a batch counts beside its payload. */
  private static final int BESIDE_PAYLOAD = 512;

  /** Appends that wait until the test lets them be durable. */
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

  private OpenGateway gateway = new OpenGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void answersCarryTheirRequestsNumberAndPlace() {
    gateway.topic("t", 3);
    ProduceCall produce = gateway.produce();
    produce.send(10, "t", 0, GOOD).send(11, "t", 2, GOOD).send(12, "t", 0, GOOD);
    Set<List<Long>> answers = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      ProduceResponse answer = produce.next();
      assertThat(answer.hasError()).isFalse();
      assertThat(answer.getAppendTime()).isEqualTo(gateway.clock.millis());
      answers.add(List.of(answer.getRequestId(), answer.getBaseOffset()));
    }
    assertThat(answers)
        .containsExactlyInAnyOrder(List.of(10L, 0L), List.of(11L, 0L), List.of(12L, 3L));
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @Test
  void smallBatchesBehindLargeOnesKeepTheirOrder() {
    gateway.topic("t", 1);
    RecordBatch large = batch(4000);
    assertThat(large.getPayload().size())
        .as("not handed on by the event loop")
        .isGreaterThan(64_000);
    ProduceCall produce = gateway.produce();
    long next = 0;
    for (int i = 0; i < 50; i++) {
      produce.send(2L * i, "t", 0, large).send(2L * i + 1, "t", 0, GOOD);
    }
    for (int i = 0; i < 100; i++) {
      ProduceResponse answer = produce.next();
      assertThat(List.of(answer.getRequestId(), answer.getBaseOffset()))
          .containsExactly((long) i, next);
      next += i % 2 == 0 ? 4000 : 3;
    }
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @ParameterizedTest
  @MethodSource("io.thermocline.testkit.BatchDamage#all")
  void damagedBatchIsRefusedInBandAndTheStreamGoesOn(BatchDamage damage) {
    gateway.topic("t", 2);
    ProduceCall produce = gateway.produce();
    produce.send(1, "t", 0, OpenGateway.wire(damage.batch()));
    Refusals.check(ErrorKind.INVALID, produce.next().getError());
    produce.send(2, "t", 1, GOOD);
    assertThat(produce.next().hasError()).isFalse();
    assertThat(produce.end()).isEqualTo(Status.OK);
    assertThat(gateway.memoryHot.state(gateway.partition("t")).end()).isZero();
  }

  @Test
  void whatOnlyTheBrokerGivesIsRefusedFromProducers() {
    gateway.topic("t", 1);
    assertThat(refusedField(GOOD.toBuilder().setBaseOffset(5).build()))
        .isEqualTo("batch.base_offset");
    assertThat(refusedField(GOOD.toBuilder().setAppendTime(5).build()))
        .isEqualTo("batch.append_time");
    assertThat(refusedField(GOOD.toBuilder().setMaxTimestamp(5).build()))
        .isEqualTo("batch.max_timestamp");
    assertThat(refusedField(GOOD.toBuilder().setRecordCount(0).build()))
        .isEqualTo("batch.record_count");
    assertThat(refusedField(GOOD.toBuilder().setCompressionValue(77).build()))
        .isEqualTo("batch.compression");
  }

  private String refusedField(RecordBatch batch) {
    ProduceCall produce = gateway.produce();
    produce.send(1, "t", 0, batch);
    com.google.rpc.Status error = Refusals.check(ErrorKind.INVALID, produce.next().getError());
    assertThat(produce.end()).isEqualTo(Status.OK);
    return Refusals.fields(error).get(0);
  }

  @Test
  void requestWithoutABatchIsRefused() {
    gateway.topic("t", 1);
    ProduceCall produce = gateway.produce();
    produce.send(ProduceRequest.newBuilder().setRequestId(1).setTopic("t").build());
    assertThat(Refusals.fields(Refusals.check(ErrorKind.INVALID, produce.next().getError())))
        .containsExactly("batch");
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @Test
  void bytesThatAreNoRequestEndTheirStreamAloneWithInvalid() {
    MethodDescriptor<byte[], ProduceResponse> raw =
        StreamServiceGrpc.getProduceMethod().toBuilder(
                RAW, StreamServiceGrpc.getProduceMethod().getResponseMarshaller())
            .build();
    Received<byte[], ProduceResponse> received = new Received<>(false);
    var requests =
        ClientCalls.asyncBidiStreamingCall(
            gateway.channel.newCall(raw, CallOptions.DEFAULT), received);
    requests.onNext(new byte[] {1, 2, 3, 4, 5});
    Refusals.ended(ErrorKind.INVALID, received.end());
    gateway.topic("t", 1);
    ProduceCall produce = gateway.produce();
    produce.send(1, "t", 0, GOOD);
    assertThat(produce.next().hasError()).isFalse();
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  private static final Marshaller<byte[]> RAW =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] bytes) {
          return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
          throw new UnsupportedOperationException("Only sent");
        }
      };

  @Test
  void unknownTopicAndPartitionAreRefusedInBand() {
    gateway.topic("t", 1);
    ProduceCall produce = gateway.produce();
    produce.send(1, "nowhere", 0, GOOD).send(2, "t", 1, GOOD).send(3, "t", -1, GOOD);
    Refusals.check(ErrorKind.NOT_FOUND, produce.next().getError());
    Refusals.check(ErrorKind.NOT_FOUND, produce.next().getError());
    Refusals.check(ErrorKind.NOT_FOUND, produce.next().getError());
    produce.send(4, "../etc", 0, GOOD);
    Refusals.check(ErrorKind.INVALID, produce.next().getError());
    produce.send(5, "t", 0, GOOD);
    assertThat(produce.next().hasError()).isFalse();
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @Test
  void afterARefusalLaterBatchesOfThatPartitionWaitForTheRestartMark() {
    gateway.topic("t", 2);
    ProduceCall produce = gateway.produce();
    produce.send(1, "t", 0, GOOD.toBuilder().setCrc32C(1).build());
    Refusals.check(ErrorKind.INVALID, produce.next().getError());
    produce.send(2, "t", 0, GOOD).send(3, "t", 1, GOOD).send(4, "t", 0, GOOD);
    Refusals.check(ErrorKind.PRIOR_BATCH_REFUSED, produce.next().getError());
    assertThat(produce.next().hasError()).as("another partition goes on").isFalse();
    Refusals.check(ErrorKind.PRIOR_BATCH_REFUSED, produce.next().getError());
    produce.send(restart(5));
    assertThat(produce.next().getRequestId()).isEqualTo(5);
    produce.send(6, "t", 0, GOOD);
    ProduceResponse answer = produce.next();
    assertThat(answer.hasError()).isFalse();
    assertThat(answer.getBaseOffset()).isEqualTo(3);
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  private static ProduceRequest restart(long requestId) {
    return ProduceRequest.newBuilder()
        .setRequestId(requestId)
        .setTopic("t")
        .setRestart(true)
        .setBatch(GOOD)
        .build();
  }

  @Test
  void serverStopsAskingAboveItsWindowAndGoesOnWhenAnswersGoOut() {
    RecordBatch large = batch(2_000);
    int size = large.getPayload().size();
    reopen(settings -> settings.with(new StreamSettings(3L * size, 100L * size, 1, 1, 1, 1)));
    TopicPartition id = gateway.partition("t");
    ProduceCall produce = gateway.produce();
    int sent = 40;
    for (int i = 0; i < sent; i++) {
      produce.send(i, "t", 0, large);
    }
    // Three fill the window; nobody asks for a fourth.
    Await.until("the window is full", () -> held.size() == 3);
    assertThat(gateway.metrics.get("thermocline.produce.buffered").gauge().value())
        .isEqualTo(3.0 * (size + BESIDE_PAYLOAD));
    List<Long> answered = new ArrayList<>();
    for (int i = 0; i < sent; i++) {
      Await.until("another batch came", () -> !held.isEmpty());
      assertThat(held.size()).isLessThanOrEqualTo(3);
      held.remove().run();
      answered.add(produce.next().getRequestId());
    }
    assertThat(answered).isSorted();
    assertThat(gateway.memoryHot.state(id).end()).isEqualTo(2_000L * sent);
    assertThat(produce.end()).isEqualTo(Status.OK);
    Await.until(
        "everything was given back",
        () -> gateway.metrics.get("thermocline.produce.buffered").gauge().value() == 0);
  }

  @Test
  void batchesOfAFewBytesFillTheWindowByWhatTheyTakeBeside() {
    int weight = GOOD.getPayload().size() + BESIDE_PAYLOAD;
    int fit = 20;
    reopen(settings -> settings.with(new StreamSettings((long) fit * weight, 1 << 30, 1, 1, 1, 1)));
    gateway.topic("t", 1);
    ProduceCall produce = gateway.produce();
    int sent = 10 * fit;
    for (int i = 0; i < sent; i++) {
      produce.send(i, "t", 0, GOOD);
    }
    for (int i = 0; i < sent; i++) {
      int awaited = Math.min(fit, sent - i);
      Await.until("as many came as fit", () -> held.size() >= awaited);
      assertThat(held).hasSize(awaited);
      held.remove().run();
      assertThat(produce.next().hasError()).isFalse();
    }
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @Test
  void streamsShareTheServersBudget() {
    int size = GOOD.getPayload().size();
    reopen(settings -> settings.with(new StreamSettings(100L * size, size, 1, 1, 1, 1)));
    gateway.topic("t", 1);
    List<ProduceCall> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(gateway.produce());
      for (int batch = 0; batch < 10; batch++) {
        calls.get(i).send(batch, "t", 0, GOOD);
      }
    }
    for (int answers = 0; answers < 40; answers++) {
      Await.until("a batch came", () -> !held.isEmpty());
      // Each stream may have asked for one message before the budget was found empty.
      assertThat(held.size()).isLessThanOrEqualTo(4);
      held.remove().run();
    }
    calls.forEach(call -> assertThat(call.end()).isEqualTo(Status.OK));
    assertThat(held).isEmpty();
  }

  @Test
  void failureThatComesLateIsToldAndStopsWhatFollows() {
    Queue<CompletableFuture<Appended>> appends = new ArrayDeque<>();
    gateway.close();
    gateway =
        new OpenGateway(
            UnaryOperator.identity(),
            hot ->
                new ForwardingHotTier(hot) {
                  @Override
                  public CompletableFuture<Appended> append(
                      TopicPartition id, BatchContent b, AppendConditions conditions) {
                    CompletableFuture<Appended> append = new CompletableFuture<>();
                    synchronized (appends) {
                      appends.add(append);
                    }
                    return append;
                  }
                },
            UnaryOperator.identity());
    gateway.topic("t", 1);
    ProduceCall produce = gateway.produce();
    produce.send(1, "t", 0, GOOD).send(2, "t", 0, GOOD);
    Await.until("both are on their way", () -> size(appends) == 2);
    take(appends)
        .completeExceptionally(
            new ThermoclineException(ErrorKind.OUTCOME_UNKNOWN, "the disk said no"));
    Refusals.check(ErrorKind.OUTCOME_UNKNOWN, produce.next().getError());
    take(appends).complete(new Appended(5, 6));
    assertThat(produce.next().getBaseOffset()).isEqualTo(5);
    produce.send(3, "t", 0, GOOD);
    Refusals.check(ErrorKind.PRIOR_BATCH_REFUSED, produce.next().getError());
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  private static int size(Queue<CompletableFuture<Appended>> appends) {
    synchronized (appends) {
      return appends.size();
    }
  }

  private static CompletableFuture<Appended> take(Queue<CompletableFuture<Appended>> appends) {
    synchronized (appends) {
      return appends.remove();
    }
  }

  @Test
  void shutdownAnswersWhatCameAndEndsTheStreamUnavailable() {
    reopen(UnaryOperator.identity());
    gateway.topic("t", 1);
    ProduceCall produce = gateway.produce();
    produce.send(1, "t", 0, GOOD);
    Await.until("it came", () -> held.size() == 1);
    Thread closing = new Thread(gateway.server::close);
    closing.start();
    Await.until("it is closing", () -> closing.getState() == Thread.State.TIMED_WAITING);
    held.remove().run();
    assertThat(produce.next().hasError()).isFalse();
    Refusals.ended(ErrorKind.TRANSIENT, produce.received.end());
  }

  /** Opens a gateway whose appends become durable only as the test says. */
  private void reopen(UnaryOperator<GatewaySettings> settings) {
    gateway.close();
    gateway =
        new OpenGateway(settings, hot -> new HeldHotTier(hot, held::add), UnaryOperator.identity());
  }

  private static RecordBatch batch(int records) {
    return OpenGateway.wire(
        TestBatches.content(io.thermocline.model.Compression.NONE, Records.plain(0, records)));
  }
}
