package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.InitProducerRequest;
import io.thermocline.proto.v1.InitProducerResponse;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProducerSequence;
import io.thermocline.proto.v1.RaiseFenceRequest;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What requests demand of their appends gets to the tier, and its answer back, unchanged. */
class ConditionsIT {
  private static final RecordBatch GOOD =
      OpenGateway.wire(
          TestBatches.content(io.thermocline.model.Compression.NONE, Records.plain(0, 3)));
  private static final ProducerSequence SEQUENCE =
      ProducerSequence.newBuilder().setProducerId(5).setEpoch(2).setBaseSequence(7).build();

  /** What the tier was asked, in order. */
  private final Queue<AppendConditions> asked = new ConcurrentLinkedQueue<>();

  /** What it refuses next with; when empty it appends. */
  private final Queue<ThermoclineException> refusals = new ConcurrentLinkedQueue<>();

  private OpenGateway gateway =
      new OpenGateway(UnaryOperator.identity(), Asked::new, UnaryOperator.identity());

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void allThatABatchDemandsGetsToTheTier() {
    gateway.topic("t", 1);
    ProduceCall produce = gateway.produce();
    produce.send(request().build());
    produce.send(
        request().setSequence(SEQUENCE).setExpectedOffset(0).setFenceToken(Long.MAX_VALUE).build());
    produce.send(request().setExpectedOffset(9).build());
    for (int i = 0; i < 3; i++) {
      assertThat(produce.next().hasError()).isFalse();
    }
    assertThat(produce.end()).isEqualTo(Status.OK);
    assertThat(gateway.streamCalls().append(plain().setSequence(SEQUENCE).build()).getBaseOffset())
        .isEqualTo(9);
    io.thermocline.model.ProducerSequence sequence =
        new io.thermocline.model.ProducerSequence(5, (short) 2, 7);
    assertThat(asked)
        .containsExactly(
            AppendConditions.NONE,
            AppendConditions.of(sequence).expecting(0).holding(Long.MAX_VALUE),
            AppendConditions.NONE.expecting(9),
            AppendConditions.of(sequence));
  }

  @Test
  void fieldsThatMakeNoSenseAreNamedAndRefused() {
    gateway.topic("t", 1);
    Map<String, ProduceRequest.Builder> wrong =
        Map.of(
            "sequence.producer_id",
            request().setSequence(SEQUENCE.toBuilder().setProducerId(0)),
            "sequence.epoch",
            request().setSequence(SEQUENCE.toBuilder().setEpoch(1 << 15)),
            "sequence.base_sequence",
            request().setSequence(SEQUENCE.toBuilder().setBaseSequence(-1)),
            "expected_offset",
            request().setExpectedOffset(-1),
            "fence_token",
            request().setFenceToken(0));
    wrong.forEach(
        (field, request) -> {
          ProduceCall produce = gateway.produce();
          produce.send(request.build());
          assertThat(Refusals.fields(Refusals.check(ErrorKind.INVALID, produce.next().getError())))
              .containsExactly(field);
          assertThat(produce.end()).isEqualTo(Status.OK);
        });
    Refusals.refused(
        ErrorKind.INVALID,
        () ->
            gateway
                .streamCalls()
                .append(plain().setSequence(SEQUENCE.toBuilder().setEpoch(-1)).build()));
    assertThat(asked).isEmpty();
  }

  @Test
  void factsOfARefusalReachTheProducer() throws Exception {
    gateway.topic("t", 1);
    refusals.add(
        new ThermoclineException(ErrorKind.CONFLICT, "no").with(Map.of("next_offset", "12")));
    ProduceCall produce = gateway.produce();
    produce.send(request().setExpectedOffset(9).build());
    com.google.rpc.Status error = Refusals.check(ErrorKind.CONFLICT, produce.next().getError());
    assertThat(error.getCode()).isEqualTo(Status.Code.ABORTED.value());
    assertThat(error.getDetails(0).unpack(com.google.rpc.ErrorInfo.class).getMetadataMap())
        .containsEntry("next_offset", "12");
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @Test
  void aSequencedBatchIsJudgedByItsSequenceAndNotByWhatTheStreamRefused() {
    gateway.topic("t", 1);
    refusals.add(new ThermoclineException(ErrorKind.EXHAUSTED, "full"));
    ProduceCall produce = gateway.produce();
    produce.send(request().setSequence(SEQUENCE).build());
    Refusals.check(ErrorKind.EXHAUSTED, produce.next().getError());
    produce.send(request().setSequence(SEQUENCE).build());
    assertThat(produce.next().hasError()).as("without the restart mark").isFalse();
    produce.send(request().build());
    assertThat(produce.next().hasError()).as("nor does it stop others").isFalse();

    refusals.add(new ThermoclineException(ErrorKind.EXHAUSTED, "full"));
    produce.send(request().build());
    Refusals.check(ErrorKind.EXHAUSTED, produce.next().getError());
    produce.send(request().setSequence(SEQUENCE).setRestart(true).build());
    assertThat(produce.next().hasError()).isFalse();
    produce.send(request().build());
    Refusals.check(ErrorKind.PRIOR_BATCH_REFUSED, produce.next().getError());
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @Test
  void eachProducerGetsAnIdOfItsOwnAndTheWindow() {
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      InitProducerResponse answer =
          gateway.streamCalls().initProducer(InitProducerRequest.getDefaultInstance());
      assertThat(answer.getProducerId()).isPositive();
      assertThat(answer.getWindowBatches()).isEqualTo(16);
      ids.add(answer.getProducerId());
    }
    assertThat(ids).hasSize(100);
  }

  @Test
  void aFenceIsRaisedAndOneThatWouldNotRiseIsRefused() {
    gateway.topic("t", 1);
    RaiseFenceRequest.Builder raise = RaiseFenceRequest.newBuilder().setTopic("t");
    assertThat(gateway.streamCalls().raiseFence(raise.setToken(4).build()).getToken()).isEqualTo(4);
    Refusals.refused(ErrorKind.INVALID, () -> raised(raise.setExpected(4).setToken(4)));
    Refusals.refused(ErrorKind.INVALID, () -> raised(raise.setExpected(-1).setToken(5)));
    Refusals.refused(
        ErrorKind.NOT_FOUND, () -> raised(raise.setExpected(4).setToken(5).setPartition(1)));
  }

  private long raised(RaiseFenceRequest.Builder request) {
    return gateway.streamCalls().raiseFence(request.build()).getToken();
  }

  @Test
  void whatTheTierCannotDoIsRefused() {
    gateway.close();
    gateway =
        new OpenGateway(
            UnaryOperator.identity(),
            hot ->
                new ForwardingHotTier(hot) {
                  @Override
                  public Capabilities capabilities() {
                    return Capabilities.NONE;
                  }
                },
            UnaryOperator.identity());
    gateway.topic("t", 1);
    Refusals.refused(
        ErrorKind.UNSUPPORTED,
        () -> gateway.streamCalls().initProducer(InitProducerRequest.getDefaultInstance()));
    Refusals.refused(
        ErrorKind.UNSUPPORTED,
        () -> raised(RaiseFenceRequest.newBuilder().setTopic("t").setToken(1)));
  }

  private static ProduceRequest.Builder request() {
    return ProduceRequest.newBuilder().setRequestId(1).setTopic("t").setBatch(GOOD);
  }

  private static AppendRequest.Builder plain() {
    return AppendRequest.newBuilder().setTopic("t").addRecords(PlainRecord.getDefaultInstance());
  }

  /** Notes what it is asked, and does what the test says. */
  private final class Asked extends ForwardingHotTier {
    Asked(HotTier hot) {
      super(hot);
    }

    @Override
    public Capabilities capabilities() {
      return new Capabilities(16, true, true);
    }

    @Override
    public CompletableFuture<Appended> append(
        TopicPartition id, BatchContent batch, AppendConditions conditions) {
      ThermoclineException refusal = refusals.poll();
      if (refusal != null) {
        return CompletableFuture.failedFuture(refusal);
      }
      asked.add(conditions);
      return super.append(id, batch, AppendConditions.NONE);
    }

    @Override
    public CompletableFuture<Long> raiseFence(TopicPartition id, long expected, long token) {
      return CompletableFuture.completedFuture(token);
    }
  }
}
