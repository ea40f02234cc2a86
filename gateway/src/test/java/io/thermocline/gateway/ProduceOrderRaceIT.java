package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Batches come on the event loop, wait for the pool, and are answered by threads of the hot tier,
 * all at once: what becomes of each is told by their order alone.
 */
class ProduceOrderRaceIT {
  private static final int BATCHES = 3_000;
  private static final int PARTITIONS = 3;
  private static final RecordBatch SMALL = batch(3);

  /** Too large for the event loop. */
  private static final RecordBatch LARGE = batch(3_000);

  /** Answers in the order of the appends, on a thread of its own. */
  private final ExecutorService answering = Executors.newSingleThreadExecutor();

  private final OpenGateway gateway =
      new OpenGateway(
          UnaryOperator.identity(),
          hot -> new HeldHotTier(hot, answering),
          UnaryOperator.identity());

  /** What is to become of one partition's batches. */
  private static final class Expected {
    private long end;
    private boolean refused;

    /** The offset of a batch, or why it is refused. */
    Object next(ProduceRequest request) {
      refused &= !request.getRestart();
      if (refused) {
        return ErrorKind.PRIOR_BATCH_REFUSED;
      }
      if (request.hasExpectedOffset() && request.getExpectedOffset() != end) {
        refused = true;
        return ErrorKind.CONFLICT;
      }
      long offset = end;
      end += request.getBatch().getRecordCount();
      return offset;
    }
  }

  @AfterEach
  void close() {
    gateway.close();
    answering.shutdown();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void whatBecomesOfABatchDependsOnTheOrderAlone(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    gateway.topic("t", PARTITIONS);
    ProduceCall produce = gateway.produce();
    List<Expected> partitions = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      partitions.add(new Expected());
    }
    Map<Long, Object> outcomes = new HashMap<>();
    for (long id = 0; id < BATCHES; id++) {
      int partition = random.nextInt(PARTITIONS);
      Expected expected = partitions.get(partition);
      ProduceRequest request = request(id, partition, expected.end, random);
      outcomes.put(id, expected.next(request));
      produce.send(request);
    }
    for (int i = 0; i < BATCHES; i++) {
      ProduceResponse answer = produce.next();
      Object outcome = outcomes.remove(answer.getRequestId());
      if (outcome instanceof ErrorKind kind) {
        Refusals.check(kind, answer.getError());
      } else {
        assertThat(answer.hasError()).as("request %d: %s", answer.getRequestId(), answer).isFalse();
        assertThat(answer.getBaseOffset()).isEqualTo(outcome);
      }
    }
    assertThat(outcomes).isEmpty();
    assertThat(produce.end()).isEqualTo(Status.OK);
  }

  private static ProduceRequest request(long id, int partition, long end, SplittableRandom random) {
    ProduceRequest.Builder request =
        ProduceRequest.newBuilder()
            .setRequestId(id)
            .setTopic("t")
            .setPartition(partition)
            .setRestart(random.nextInt(5) == 0)
            .setBatch(random.nextInt(8) == 0 ? LARGE : SMALL);
    return switch (random.nextInt(4)) {
      case 0 -> request.setExpectedOffset(end).build();
      case 1 -> request.setExpectedOffset(end + random.nextInt(2)).build();
      default -> request.build();
    };
  }

  private static RecordBatch batch(int records) {
    return OpenGateway.wire(
        TestBatches.content(io.thermocline.model.Compression.NONE, Records.plain(0, records)));
  }
}
