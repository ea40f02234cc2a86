package io.thermocline.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BufferBudgetTest {
  private final BufferBudget budget = new BufferBudget(100);

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
    CompletableFuture<Boolean> waiting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return budget.take(70, Duration.ofSeconds(10).toNanos());
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    budget.giveBack(50);
    budget.giveBack(50);
    assertThat(waiting.get()).isTrue();
    assertThat(budget.free()).isEqualTo(30);
  }

  @Test
  @Timeout(20)
  void givesUpWhenTheTimeIsOver() throws InterruptedException {
    assertThat(budget.take(100, 0)).isTrue();
    assertThat(budget.take(1, Duration.ofMillis(5).toNanos())).isFalse();
    assertThat(budget.free()).isZero();
  }
}
