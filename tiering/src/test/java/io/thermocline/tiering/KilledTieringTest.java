package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R12: tiering ends at any point, and goes on in a new process. */
class KilledTieringTest {
  private static final String TIERING =
      "tiering: { minFileBytes: 1KiB, maxLag: 1m, targetFileBytes: 64KiB }";

  @TempDir Path directory;

  @Test
  void killedAtEachPointEveryOffsetIsThereOnceAndTheNextProcessFinishes() {
    boolean reached = true;
    int points = 0;
    for (int point = 1; reached; point++) {
      TwoTiers tiers =
          new TwoTiers(
              directory.resolve("at-" + point),
              2,
              TIERING,
              "hot: { retain: 0s }",
              "retention: { age: 2h }");
      tiers.faults.killAt(point);
      script(tiers);
      reached = tiers.faults.dead();
      points += reached ? 1 : 0;
      tiers.faults.none();
      tiers.check();
      tiers.restart();
      tiers.round();
      tiers.check();
      tiers.passes().runNow(tiers.topic, true);
      tiers.check();
      for (int partition = 0; partition < 2; partition++) {
        assertThat(tiers.table(partition).tieredTo()).isEqualTo(tiers.state(partition).end());
        assertThat(tiers.state(partition).hotStart()).isEqualTo(tiers.state(partition).end());
      }
    }
    assertThat(points).as("the script has that many points to be killed at").isGreaterThan(100);
  }

  @Test
  void whoIsKilledAfterEachCommitLetsGoOfWhatTheLivesBeforeCommitted() {
    TwoTiers tiers = new TwoTiers(directory, 1, TIERING, "hot: { retain: 0s }");
    for (int life = 0; life < 4; life++) {
      tiers.append(0, 20);
      tiers.pass(Duration.ofMinutes(2));
      tiers.faults.plan(
          (call, after) -> call.equals("commit") && after ? new Faults.Killed(call) : null);
      assertThatThrownBy(() -> tiers.passes().runWhenFree(tiers.topic))
          .hasCauseInstanceOf(Faults.Killed.class);
      assertThat(tiers.state(0).hotStart()).isEqualTo(20L * life);
      tiers.faults.none();
      tiers.restart();
      tiers.check();
    }
  }

  /** Tiers, trims, and deletes the first records by age. Once killed, nothing of it goes on. */
  private static void script(TwoTiers tiers) {
    for (int i = 0; i < 2; i++) {
      tiers.append(0, 20);
      tiers.append(1, 5);
      tiers.seal(0);
      tiers.pass(Duration.ofMinutes(70));
      try {
        tiers.passes().runWhenFree(tiers.topic);
      } catch (ThermoclineException | Faults.Killed e) {
        assertThat(tiers.faults.dead()).isTrue();
      }
      tiers.check();
    }
    tiers.append(0, 3);
    try {
      PassReport last = tiers.passes().runNow(tiers.topic, true);
      assertThat(last.problems().isEmpty()).isEqualTo(!tiers.faults.dead());
    } catch (Faults.Killed e) {
      assertThat(tiers.faults.dead()).isTrue();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#few")
  void whateverFailsWhereverTheInvariantsHoldAfterEachStep(long seed) {
    Random random = new Random(seed);
    TwoTiers tiers =
        new TwoTiers(
            directory,
            3,
            "segment: { bytes: 64KiB, age: 30m }",
            TIERING,
            random.nextBoolean() ? "hot: { retain: 1h }" : "hot: { retain: 0s, maxBytes: 4KiB }",
            random.nextBoolean() ? "retention: { age: 5h }" : "retention: { maxBytes: 12KiB }");
    for (int step = 0; step < 80; step++) {
      tiers.faults.none();
      tiers.append(random.nextInt(3), 1 + random.nextInt(30));
      tiers.faults.plan((call, after) -> fault(random, call, after));
      tiers.diskFull = random.nextInt(20) == 0;
      try {
        act(tiers, random);
      } catch (ThermoclineException failed) {
        assertThat(failed.kind()).isNotEqualTo(ErrorKind.CONFLICT);
      } catch (Faults.Killed killed) {
        assertThat(tiers.faults.dead()).isTrue();
      }
      if (tiers.faults.dead()) {
        tiers.restart();
      }
      tiers.faults.none();
      tiers.check();
    }
    finish(tiers);
  }

  private static void act(TwoTiers tiers, Random random) {
    switch (random.nextInt(8)) {
      case 0 -> tiers.passes().runNow(tiers.topic, random.nextBoolean());
      case 1 -> tiers.seal(random.nextInt(3));
      case 2 -> {
        int partition = random.nextInt(3);
        long start = tiers.state(partition).logStart();
        long room = tiers.state(partition).end() - start;
        long upTo = start + random.nextLong(room / 4 + 1);
        tiers.hot.advanceLogStart(tiers.partition(partition), upTo).join();
      }
      default -> {
        tiers.pass(Duration.ofSeconds(random.nextInt(1_800)));
        tiers.passes().runWhenFree(tiers.topic);
      }
    }
  }

  private static RuntimeException fault(Random random, String call, boolean after) {
    if (random.nextInt(15) != 0) {
      return null;
    }
    if (random.nextInt(4) == 0) {
      return new Faults.Killed(call);
    }
    ErrorKind kind =
        call.equals("commit") && (after || random.nextBoolean())
            ? ErrorKind.OUTCOME_UNKNOWN
            : after ? null : random.nextBoolean() ? ErrorKind.TRANSIENT : ErrorKind.CORRUPT;
    return kind == null ? null : new ThermoclineException(kind, "injected at " + call);
  }

  private static void finish(TwoTiers tiers) {
    tiers.diskFull = false;
    for (int i = 0; i < 3; i++) {
      tiers.round();
      tiers.check();
    }
    PassReport report = tiers.passes().runNow(tiers.topic, true);
    tiers.check();
    assertThat(report.problems()).isEmpty();
    for (int partition = 0; partition < 3; partition++) {
      assertThat(tiers.table(partition).tieredTo()).isEqualTo(tiers.state(partition).end());
    }
  }
}
