package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the upkeep of a table has its turn. */
class UpkeepTurnTest {
  @TempDir Path directory;

  private final List<String> calls = new CopyOnWriteArrayList<>();

  /** Counts the calls from here on; some fail. */
  private void count(TwoTiers tiers, String failing, RuntimeException fault) {
    tiers.faults.plan(
        (call, after) -> {
          if (after) {
            return null;
          }
          calls.add(call);
          return call.equals(failing) ? fault : null;
        });
  }

  private void count(TwoTiers tiers) {
    count(tiers, "", null);
  }

  private long count(String call) {
    return calls.stream().filter(call::equals).count();
  }

  @Test
  void aTableThatEachPassCommitsToHasItsUpkeepAtItsPace() {
    TwoTiers tiers = new TwoTiers(directory, 1, "tiering: { minFileBytes: 1KiB, maxLag: 1s }");
    count(tiers);
    for (int i = 0; i < 240; i++) {
      tiers.append(0, 5);
      tiers.pass(Duration.ofSeconds(5));
      tiers.passes().runWhenFree(tiers.topic);
    }
    assertThat(count("write")).as("passes that commit").isGreaterThanOrEqualTo(240);
    assertThat(count("maintain")).as("in twenty minutes").isEqualTo(2);
    tiers.check();
  }

  @Test
  void nothingIsCleanedUpWhileTheTableLacksWhatTheLogLetGo() {
    TwoTiers tiers = new TwoTiers(directory, 1, "tiering: { minFileBytes: 1KiB, maxLag: 10m }");
    count(tiers);
    tiers.append(0, 20);
    tiers.passes().runNow(tiers.topic, false);
    tiers.append(0, 20);
    tiers.seal(0);
    assertThat(Await.result(tiers.hot.trim(tiers.partition(0), 40))).isEqualTo(40);
    tiers.round();
    assertThat(tiers.work().problem(0)).isPresent();
    assertThat(count("maintain")).isZero();
  }

  @Test
  void aMergeThatFailsKeepsNothingFromBeingCleanedUp() {
    TwoTiers tiers = eightSmallFiles();
    ThermoclineException full = new ThermoclineException(ErrorKind.EXHAUSTED, "injected");
    count(tiers, "merge", full);
    tiers.pass(Duration.ofMinutes(10));
    assertThatThrownBy(() -> tiers.passes().runWhenFree(tiers.topic)).isSameAs(full);
    assertThat(count("maintain")).isEqualTo(1);
    tiers.check();
  }

  @Test
  void whileItIsUnknownWhetherAMergeIsInTheTableNothingIsCleanedUp() {
    TwoTiers tiers = eightSmallFiles();
    ThermoclineException unknown = new ThermoclineException(ErrorKind.OUTCOME_UNKNOWN, "injected");
    count(tiers, "commit", unknown);
    tiers.pass(Duration.ofMinutes(10));
    assertThatThrownBy(() -> tiers.passes().runWhenFree(tiers.topic)).isSameAs(unknown);
    assertThat(count("merge")).isEqualTo(1);
    assertThat(count("maintain")).isZero();
    tiers.check();
  }

  private TwoTiers eightSmallFiles() {
    TwoTiers tiers =
        new TwoTiers(
            directory, 1, "tiering: { minFileBytes: 1MiB, maxLag: 1m, targetFileBytes: 64MiB }");
    for (int file = 0; file < 8; file++) {
      tiers.append(0, 3);
      tiers.pass(Duration.ofSeconds(1));
      tiers.passes().runNow(tiers.topic, false);
    }
    return tiers;
  }
}
