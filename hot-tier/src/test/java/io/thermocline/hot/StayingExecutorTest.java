package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class StayingExecutorTest {
  private final Deque<Runnable> pool = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();
  private boolean somebodyWaits;
  private final StayingExecutor executor = new StayingExecutor(pool::add, () -> somebodyWaits);

  @Test
  void whatATaskHandsInRunsBehindItOnTheSameThread() {
    executor.execute(
        () -> {
          executor.execute(() -> executor.execute(() -> done.add("third")));
          done.add("first");
        });
    assertThat(done).as("handed in from outside").isEmpty();
    pool.remove().run();
    assertThat(done).containsExactly("first", "third");
    assertThat(pool).isEmpty();
  }

  @Test
  void whoWaitsForAThreadComesFirst() {
    somebodyWaits = true;
    executor.execute(() -> executor.execute(() -> done.add("second")));
    pool.remove().run();
    assertThat(done).isEmpty();
    assertThat(pool).hasSize(1);
  }

  @Test
  void moreThanOneIsForOtherThreads() {
    executor.execute(
        () -> {
          executor.execute(() -> done.add("here"));
          executor.execute(() -> done.add("there"));
        });
    pool.remove().run();
    assertThat(done).containsExactly("here");
    pool.remove().run();
    assertThat(done).containsExactly("here", "there");
  }

  @Test
  void aTaskThatFailsTakesNothingWithIt() {
    executor.execute(
        () -> {
          executor.execute(() -> done.add("second"));
          throw new IllegalStateException("injected");
        });
    assertThatThrownBy(() -> pool.remove().run()).hasMessage("injected");
    pool.remove().run();
    assertThat(done).containsExactly("second");
    executor.execute(() -> done.add("third"));
    assertThat(pool).as("the thread is nobody's any more").hasSize(1);
  }

  @Test
  void anotherExecutorsThreadIsLeftAlone() {
    StayingExecutor other = new StayingExecutor(pool::add, () -> false);
    executor.execute(() -> other.execute(() -> done.add("there")));
    pool.remove().run();
    assertThat(done).isEmpty();
    pool.remove().run();
    assertThat(done).containsExactly("there");
  }
}
