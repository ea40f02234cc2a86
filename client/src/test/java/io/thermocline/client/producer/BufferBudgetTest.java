package io.thermocline.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BufferBudgetTest {
  private final BufferBudget budget = new BufferBudget(100, () -> {});

  @Test
  void takesNoMoreThanThereIs() throws InterruptedException {
    assertThat(budget.take(60, 0)).isTrue();
    assertThat(budget.take(41, 0)).isFalse();
    assertThat(budget.take(40, 0)).isTrue();
    budget.giveBack(100);
    assertThat(budget.free()).isEqualTo(100);
  }

  @Test
  @Timeout(20)
  void waitsUntilEnoughIsGivenBack() throws Exception {
    assertThat(budget.take(100, 0)).isTrue();
    CompletableFuture<Boolean> waiting = taking(70);
    budget.giveBack(50);
    budget.giveBack(50);
    assertThat(waiting.get()).isTrue();
    assertThat(budget.free()).isEqualTo(30);
  }

  @Test
  @Timeout(20)
  void whoWaitsForMuchIsNotPassedByThoseWhoWantLittle() throws Exception {
    assertThat(budget.take(100, 0)).isTrue();
    CompletableFuture<Boolean> much = taking(90);
    Await.until("it waits", () -> budget.isWaitedFor());
    budget.giveBack(50);
    assertThat(budget.take(10, 0)).as("others come after it").isFalse();
    CompletableFuture<Boolean> little = taking(10);
    budget.giveBack(40);
    assertThat(much.get()).isTrue();
    budget.giveBack(10);
    assertThat(little.get()).isTrue();
    assertThat(budget.free()).isZero();
    assertThat(budget.isWaitedFor()).isFalse();
  }

  @Test
  @Timeout(20)
  void whoGivesUpLetsTheNextOneTakeItsTurn() throws Exception {
    assertThat(budget.take(100, 0)).isTrue();
    CompletableFuture<Boolean> much =
        CompletableFuture.supplyAsync(() -> take(90, Duration.ofMillis(50)));
    Await.until("it waits", () -> budget.isWaitedFor());
    CompletableFuture<Boolean> little = taking(10);
    budget.giveBack(50);
    assertThat(much.get()).isFalse();
    assertThat(little.get()).isTrue();
  }

  @Test
  @Timeout(20)
  void givesUpWhenTheTimeIsOver() throws InterruptedException {
    assertThat(budget.take(100, 0)).isTrue();
    assertThat(budget.take(1, Duration.ofMillis(5).toNanos())).isFalse();
    assertThat(budget.free()).isZero();
  }

  private CompletableFuture<Boolean> taking(long bytes) {
    return CompletableFuture.supplyAsync(() -> take(bytes, Duration.ofSeconds(10)));
  }

  private boolean take(long bytes, Duration time) {
    try {
      return budget.take(bytes, time.toNanos());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
