package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Appended;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.proto.v1.ProducerSequence;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Behind a refused batch nothing of its partition is stored, also when it is refused late: its
 * answer is still to come while more is sent.
 */
class ProduceOrderIT {
  private static final int RECORDS = 3;
  private static final RecordBatch BATCH =
      OpenGateway.wire(
          TestBatches.content(io.thermocline.model.Compression.NONE, Records.plain(0, RECORDS)));
  private static final int WATCHED = 0;
  private static final int OTHER = 1;

  /** What the hot tier was handed, until the test lets it answer. */
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

  private final OpenGateway gateway =
      new OpenGateway(UnaryOperator.identity(), Watching::new, UnaryOperator.identity());

  private ProduceCall produce;
  private TopicPartition watched;
  private long lastRequestId;

  @BeforeEach
  void begin() {
    watched = gateway.topic("t", 2).partition(WATCHED);
    produce = gateway.produce();
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void whatIsSentBehindALostComparisonIsNotStoredUntilTheRestartMark() {
    send(request().setExpectedOffset(7));
    send(request());
    awaitHandedOver(1);
    send(request());
    send(request().setRestart(true));
    send(request());
    awaitHandedOver(1);

    answerOne();
    Refusals.check(ErrorKind.CONFLICT, answer(1).getError());
    Refusals.check(ErrorKind.PRIOR_BATCH_REFUSED, answer(2).getError());
    Refusals.check(ErrorKind.PRIOR_BATCH_REFUSED, answer(4).getError());
    Await.until("the restarted ones came", () -> held.size() == 2);
    answerOne();
    answerOne();
    assertThat(answer(5).getBaseOffset()).isZero();
    assertThat(answer(6).getBaseOffset()).isEqualTo(RECORDS);
    assertThat(produce.end()).isEqualTo(Status.OK);
    assertThat(end()).isEqualTo(2 * RECORDS);
  }

  @Test
  void whatIsSentBehindAWonComparisonIsStoredInOrder() {
    send(request().setExpectedOffset(0));
    send(request().setExpectedOffset(RECORDS));
    send(request());
    send(request().setExpectedOffset(RECORDS));
    awaitHandedOver(1);
    answerOne();
    Await.until("the second comparison came", () -> held.size() == 1);
    answerOne();
    Await.until("what is behind it came", () -> held.size() == 2);
    answerOne();
    answerOne();
    assertThat(answer(1).getBaseOffset()).isZero();
    assertThat(answer(2).getBaseOffset()).isEqualTo(RECORDS);
    assertThat(answer(3).getBaseOffset()).isEqualTo(2 * RECORDS);
    Refusals.check(ErrorKind.CONFLICT, answer(4).getError());
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @Test
  void aHigherTokenDoesNotCarryABatchPastOneThatWasFenced() {
    assertThat(Await.result(gateway.memoryHot.raiseFence(watched, 0, 5))).isEqualTo(5);
    send(request());
    send(request().setFenceToken(4));
    send(request().setFenceToken(5));
    awaitHandedOver(1);
    answerOne();
    Refusals.check(ErrorKind.FENCED, answer(1).getError());
    Refusals.check(ErrorKind.PRIOR_BATCH_REFUSED, answer(2).getError());
    Refusals.check(ErrorKind.PRIOR_BATCH_REFUSED, answer(3).getError());
    assertThat(produce.end()).isEqualTo(Status.OK);
    assertThat(end()).isZero();
  }

  @Test
  void batchesThatDemandNothingDoNotWaitForEachOther() {
    for (int i = 0; i < 5; i++) {
      send(request());
    }
    awaitHandedOver(5);
  }

  @Test
  void batchesOfOneTokenDoNotWaitForEachOther() {
    for (int i = 0; i < 5; i++) {
      send(request().setFenceToken(3));
    }
    awaitHandedOver(5);
  }

  @Test
  void sequencedBatchesDoNotWaitForEachOtherWhateverTheyDemand() {
    for (int i = 0; i < 5; i++) {
      send(request().setSequence(sequence(i)).setExpectedOffset(7).setFenceToken(i + 1));
    }
    awaitHandedOver(5);
  }

  @Test
  void aSequencedBatchDoesNotOvertakeOneThatWaits() {
    send(request().setExpectedOffset(0));
    send(request());
    send(request().setSequence(sequence(0)));
    awaitHandedOver(1);
    answerOne();
    Await.until("both came", () -> held.size() == 2);
    answerOne();
    answerOne();
    assertThat(answer(1).getBaseOffset()).isZero();
    assertThat(answer(2).getBaseOffset()).isEqualTo(RECORDS);
    assertThat(answer(3).getBaseOffset()).isEqualTo(2 * RECORDS);
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  @Test
  void whatWaitsWhenTheCallIsCancelledIsNotStoredAndGivesItsBytesBack() {
    send(request().setExpectedOffset(0));
    send(request());
    send(request().setSequence(sequence(0)));
    awaitHandedOver(1);
    produce.cancel();
    Await.until("the call is over", () -> gauge("thermocline.streams.open") == 0);
    answerOne();
    Await.until("all was given back", () -> gauge("thermocline.produce.buffered") == 0);
    assertThat(held).isEmpty();
    assertThat(end()).isEqualTo(RECORDS);
  }

  private ProduceRequest.Builder request() {
    return ProduceRequest.newBuilder()
        .setTopic("t")
        .setPartition(WATCHED)
        .setRequestId(++lastRequestId)
        .setBatch(BATCH);
  }

  private static ProducerSequence sequence(int batch) {
    return ProducerSequence.newBuilder().setProducerId(9).setBaseSequence(batch * RECORDS).build();
  }

  private void send(ProduceRequest.Builder request) {
    produce.send(request.build());
  }

  /** Asserts that of the watched partition so many are with the hot tier, after all that came. */
  private void awaitHandedOver(int count) {
    ProduceRequest other = request().setPartition(OTHER).build();
    produce.send(other);
    assertThat(answer(other.getRequestId()).hasError()).as("another partition goes on").isFalse();
    assertThat(held).hasSize(count);
  }

  private void answerOne() {
    held.remove().run();
  }

  private ProduceResponse answer(long requestId) {
    ProduceResponse answer = produce.next();
    assertThat(answer.getRequestId()).isEqualTo(requestId);
    return answer;
  }

  private long end() {
    return gateway.memoryHot.state(watched).end();
  }

  private double gauge(String name) {
    return gateway.metrics.get(name).gauge().value();
  }

  /** Holds what the watched partition is handed. */
  private final class Watching extends ForwardingHotTier {
    private final HotTier holding;

    Watching(HotTier hot) {
      super(hot);
      holding = new HeldHotTier(hot, held::add);
    }

    @Override
    public CompletableFuture<Appended> append(
        TopicPartition id, BatchContent batch, AppendConditions conditions) {
      return id.partition() == WATCHED
          ? holding.append(id, batch, conditions)
          : super.append(id, batch, conditions);
    }
  }
}
