package io.thermocline.testkit;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Runs things at the same moment. */
public final class Together {
  private Together() {}

  /**
   * Runs {@code task} with 0, 1, … on a thread of its own each, begun together.
   *
   * @return what each returned, in order; the first failure is thrown
   */
  public static <T> List<T> run(int count, IntFunction<T> task) {
    CyclicBarrier start = new CyclicBarrier(count);
    return IntStream.range(0, count).mapToObj(i -> begin(start, task, i)).toList().stream()
        .map(Await::result)
        .toList();
  }

  private static <T> CompletableFuture<T> begin(
      CyclicBarrier start, IntFunction<T> task, int index) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                start.await(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
                answer.complete(task.apply(index));
              } catch (RuntimeException | AssertionError failure) {
                answer.completeExceptionally(failure);
              } catch (BrokenBarrierException | TimeoutException | InterruptedException e) {
                answer.completeExceptionally(new AssertionError("Not begun together", e));
              }
            },
            "together-" + index);
    thread.setDaemon(true);
    thread.start();
    return answer;
  }
}
