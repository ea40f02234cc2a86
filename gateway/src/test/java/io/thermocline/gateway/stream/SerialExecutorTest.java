package io.thermocline.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
  /** What the pool was given; the test runs it. */
  private final Queue<Runnable> pool = new ArrayDeque<>();

  private final SerialExecutor serial = new SerialExecutor(pool::add);
  private final List<String> done = new ArrayList<>();

  @Test
  void stepsRunInOrderAndTakeOnePlaceInThePool() {
    serial.execute(() -> done.add("a"));
    serial.execute(() -> done.add("b"));
    assertThat(pool).hasSize(1);
    assertThat(serial.isIdle()).isFalse();
    pool.remove().run();
    assertThat(done).containsExactly("a", "b");
    assertThat(serial.isIdle()).isTrue();
  }

  @Test
  void anErrorInAStepReachesThePoolAndTheStepsBehindItRun() {
    Error error = new StackOverflowError("planted");
    serial.execute(
        () -> {
          throw error;
        });
    serial.execute(() -> done.add("behind"));
    assertThatThrownBy(pool.remove()::run).isSameAs(error);
    assertThat(serial.isIdle()).isFalse();
    pool.remove().run();
    assertThat(done).containsExactly("behind");
    assertThat(serial.isIdle()).isTrue();
    serial.execute(() -> done.add("later"));
    pool.remove().run();
    assertThat(done).containsExactly("behind", "later");
  }
}
