package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.codec.BatchLimits;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class BatchChecksTest {
  /** As many as may hold an uncompressed payload; all are taken. */
  private final Semaphore permits = new Semaphore(0);

  private final BatchChecks checks = new BatchChecks(BatchLimits.defaults(), permits);

  @Test
  void whatNeedsNoUnpackingDoesNotWaitForThoseWhoUnpack() {
    assertThat(Await.result(checked(Compression.NONE))).isNotNegative();
  }

  @Test
  void whatIsUnpackedWaitsForItsTurnAndGivesItBack() {
    CompletableFuture<Long> waiting = checked(Compression.ZSTD);
    Await.until("it waits", permits::hasQueuedThreads);
    assertThat(waiting).isNotDone();
    permits.release();
    assertThat(Await.result(waiting)).isNotNegative();
    assertThat(Await.result(checked(Compression.LZ4))).isNotNegative();
    assertThat(permits.availablePermits()).isEqualTo(1);
  }

  private CompletableFuture<Long> checked(Compression compression) {
    BatchContent content = TestBatches.content(compression, Records.plain(0, 3));
    return CompletableFuture.supplyAsync(() -> checks.check(content), task -> start(task));
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "checking");
    thread.setDaemon(true);
    thread.start();
  }
}
