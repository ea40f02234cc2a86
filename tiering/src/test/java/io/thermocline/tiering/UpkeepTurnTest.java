package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

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

  private void count(TwoTiers tiers) {
    tiers.faults.plan(
        (call, after) -> {
          if (!after) {
            calls.add(call);
          }
          return null;
        });
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
}
