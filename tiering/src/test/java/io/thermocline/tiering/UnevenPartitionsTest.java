package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partition that something is wrong with holds up no other. */
class UnevenPartitionsTest {
  private static final String TIERING = "tiering: { minFileBytes: 1KiB, maxLag: 10m }";

  @TempDir Path directory;

  private TwoTiers tiers(int partitions, String... policy) {
    return new TwoTiers(directory, partitions, policy);
  }

  @Test
  void oneOddPartitionDoesNotHoldUpTheOthers() {
    TwoTiers tiers = tiers(3, TIERING, "hot: { retain: 0s }");
    for (int partition = 0; partition < 3; partition++) {
      tiers.append(partition, 20);
    }
    tiers.passes().runNow(tiers.topic, false);
    tiers.cold.degrade(tiers.partition(0), "foreign rows");
    for (int partition = 0; partition < 3; partition++) {
      tiers.append(partition, 20);
    }
    int[] writes = {0};
    tiers.faults.plan(
        (call, after) ->
            call.equals("write") && !after && writes[0]++ == 0
                ? new IllegalStateException("an odd record")
                : null);
    PassReport report = tiers.passes().runNow(tiers.topic, true);
    assertThat(report.problems()).containsOnlyKeys(0);
    assertThat(tiers.table(0).tieredTo()).isEqualTo(20);
    assertThat(tiers.table(1).tieredTo()).isEqualTo(40);
    assertThat(tiers.table(2).tieredTo()).isEqualTo(40);
    tiers.check();
  }

  @Test
  void aPartitionWhoseLogFailedDoesNotHoldUpTheOthers() {
    TwoTiers tiers = tiers(3, TIERING);
    for (int partition = 0; partition < 3; partition++) {
      tiers.append(partition, 20);
    }
    int[] looks = {0};
    tiers.faults.plan(
        (call, after) ->
            call.equals("spans") && !after && looks[0]++ % 3 == 1
                ? new ThermoclineException(ErrorKind.LOG_FAILED, "injected")
                : null);
    PassReport report = tiers.passes().runNow(tiers.topic, true);
    assertThat(report.problems()).containsOnlyKeys(1);
    assertThat(tiers.table(0).tieredTo()).isEqualTo(20);
    assertThat(tiers.table(1).tieredTo()).isZero();
    assertThat(tiers.table(2).tieredTo()).isEqualTo(20);
    tiers.faults.none();
    tiers.check();
  }

  @Test
  void aPartitionThatAnotherWriterBreaksBeforeTheCommitHoldsUpNoOther() {
    TwoTiers tiers = tiers(2, TIERING);
    tiers.append(0, 20);
    tiers.append(1, 20);
    tiers.passes().runNow(tiers.topic, false);
    tiers.append(0, 20);
    tiers.append(1, 20);
    tiers.faults.plan(
        (call, after) -> {
          if (call.equals("commit") && !after) {
            tiers.cold.degrade(tiers.partition(0), "injected");
          }
          return null;
        });
    tiers.pass(Duration.ofMinutes(20));
    tiers.passes().runWhenFree(tiers.topic);
    assertThat(tiers.table(0).tieredTo()).isEqualTo(20);
    assertThat(tiers.table(1).tieredTo()).isEqualTo(40);
    assertThat(tiers.work().pending()).isEmpty();
  }

  @Test
  void aBacklogThatCannotBeTieredTakesNoOthersTurn() {
    TwoTiers tiers = tiers(2, "tiering: { minFileBytes: 1KiB, maxLag: 1m }");
    tiers.append(0, 200);
    long backlog = tiers.state(0).bytes();
    tiers.restart(backlog);
    tiers.faults.plan(
        (call, after) ->
            call.equals("write") && tiers.partition(0).equals(tiers.faults.subject())
                ? new ThermoclineException(ErrorKind.CORRUPT, "injected")
                : null);
    for (int minute = 0; minute < 10; minute++) {
      tiers.append(1, 20);
      for (int look = 0; look < 12; look++) {
        tiers.pass(Duration.ofSeconds(5));
        tiers.passes().runWhenFree(tiers.topic);
        assertThat(tiers.work().problem(0).isPresent() || minute == 0).isTrue();
      }
      assertThat(tiers.table(1).tieredTo()).isGreaterThanOrEqualTo(20L * (minute - 2));
    }
    tiers.check();
    tiers.faults.none();
    tiers.round();
    tiers.round();
    assertThat(tiers.table(0).tieredTo()).as("in its turn").isEqualTo(200);
    tiers.check();
  }
}
