package io.thermocline.gateway.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadGateTest {
  private final ReadGate gate = new ReadGate(2, 3, Runnable::run);
  private final List<Integer> begun = new ArrayList<>();

  private CompletableFuture<Integer> pass(int number, CompletableFuture<Integer> read) {
    return gate.pass(
        () -> {
          begun.add(number);
          return read;
        });
  }

  @Test
  void soManyAreUnderWayAndTheOthersWaitInOrder() {
    List<CompletableFuture<Integer>> reads =
        IntStream.range(0, 5).mapToObj(i -> new CompletableFuture<Integer>()).toList();
    List<CompletableFuture<Integer>> passed = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      passed.add(pass(i, reads.get(i)));
    }
    assertThat(begun).containsExactly(0, 1);
    assertThatThrownBy(() -> Await.result(pass(5, new CompletableFuture<>())))
        .isInstanceOf(RejectedExecutionException.class);
    reads.get(1).complete(11);
    assertThat(passed.get(1)).isCompletedWithValue(11);
    assertThat(begun).containsExactly(0, 1, 2);
    reads.get(0).completeExceptionally(new IllegalStateException("no"));
    assertThat(passed.get(0)).isCompletedExceptionally();
    reads.get(3).complete(13);
    reads.get(2).complete(12);
    reads.get(4).complete(14);
    assertThat(passed.get(4)).isCompletedWithValue(14);
    assertThat(begun).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void readThatCannotEvenBeginMakesRoomToo() {
    for (int i = 0; i < 10; i++) {
      boolean isError = i % 2 == 0;
      CompletableFuture<Integer> failed =
          gate.pass(
              () -> {
                if (isError) {
                  throw new StackOverflowError("no");
                }
                throw new IllegalStateException("no");
              });
      assertThat(failed).isCompletedExceptionally();
    }
    assertThat(pass(1, CompletableFuture.completedFuture(1))).isCompletedWithValue(1);
  }
}
