package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.proto.v1.RunTieringRequest;
import io.thermocline.proto.v1.TieringMove;
import io.thermocline.proto.v1.TieringServiceGrpc;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Fault;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that throttles what is written to it slows tiering, and nothing else. */
@Timeout(120)
class ThrottledStoreIT {
  /** Two of them are more than one part of an upload, also once they are compressed. */
  private static final int VALUE_CHARACTERS = 6 << 20;

  @TempDir static Path folder;

  private static RawServer raw;

  @BeforeAll
  static void open() {
    raw = new RawServer(folder);
  }

  @AfterAll
  static void close() {
    raw.close();
  }

  /** An upload of two parts is four calls: begin, part, part, complete. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void coldReadsGoOnWhileNothingCanBeWrittenAndThenTieringDoes(int uploadCallsThatPass)
      throws Exception {
    long unread = raw.acknowledged.size();
    raw.appendOne();
    raw.tierAll();
    Random random = new Random(uploadCallsThatPass);
    raw.appendGood(incompressible(random));
    raw.appendGood(incompressible(random));
    raw.s3.faults().always(writes(uploadCallsThatPass), S3Fault.slowDown());

    var run =
        TieringServiceGrpc.newFutureStub(raw.channel)
            .runTiering(RunTieringRequest.newBuilder().setTopic("good").build());
    Await.until("a write is throttled", () -> !raw.s3.faults().met().isEmpty());
    assertThat(raw.read("good", unread).getRecords(0).getValue().toStringUtf8())
        .isEqualTo(raw.acknowledged.get((int) unread));
    TieringMove move = run.get().getMoves(0);
    assertThat(move.getProblem()).contains("503");
    assertThat(move.getRecords()).isZero();
    assertThat(raw.readAll()).isEqualTo(raw.acknowledged);

    raw.s3.faults().clear();
    raw.tierAll();
    raw.nothingIsLostAndItServes();
  }

  private static Predicate<S3Call> writes(int uploadCallsThatPass) {
    AtomicInteger uploadCalls = new AtomicInteger();
    return call ->
        call.operation() == S3Call.Operation.PUT
            && (!call.key().contains("/data/")
                || uploadCalls.getAndIncrement() >= uploadCallsThatPass);
  }

  private static String incompressible(Random random) {
    return random
        .ints(VALUE_CHARACTERS, '0', 'z' + 1)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
