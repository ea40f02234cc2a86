package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on, and what waits, while the store or the catalog is away. */
class OutageTest {
  private static final String TIERING = "tiering: { minFileBytes: 1KiB, maxLag: 10m }";
  private static final String NOT_TIERED = "tiering: { enabled: false }";
  private static final String SEGMENTS = "segment: { bytes: 64KiB, age: 1m }";
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);

  private final ThermoclineException away =
      new ThermoclineException(ErrorKind.TRANSIENT, "injected");
  private int failed;

  @TempDir Path directory;

  private TwoTiers tiers(int partitions, String... policy) {
    return new TwoTiers(directory, partitions, policy);
  }

  private static RuntimeException at(String call, String wanted, RuntimeException fault) {
    return call.equals(wanted) ? fault : null;
  }

  /** Makes each of these calls fail, and counts them. */
  private void fail(TwoTiers tiers, List<String> calls) {
    tiers.faults.plan(
        (call, after) -> {
          if (!calls.contains(call)) {
            return null;
          }
          failed++;
          return away;
        });
  }

  /** What the runner does in that time, as long as nothing is thrown. */
  private static void looks(TwoTiers tiers, Duration time) {
    for (long i = 0; i < time.dividedBy(LOOK); i++) {
      tiers.pass(LOOK);
      tiers.passes().runWhenFree(tiers.topic);
    }
  }

  @Test
  void whileUploadsFailForEverHotLimitsDeleteNothing() {
    TwoTiers tiers =
        tiers(
            1, "segment: { bytes: 64KiB, age: 1m }", TIERING, "hot: { retain: 0s, maxBytes: 0B }");
    tiers.faults.plan((call, after) -> at(call, "write", away));
    for (int i = 0; i < 20; i++) {
      tiers.append(0, 20);
      tiers.diskFull = i % 2 == 0;
      tiers.pass(Duration.ofHours(10));
      tiers.round();
      tiers.check();
    }
    assertThat(tiers.state(0).logStart()).isZero();
    assertThat(tiers.state(0).hotStart()).isZero();
    assertThat(tiers.work().problem(0).orElseThrow()).contains("injected");
    tiers.faults.none();
    tiers.pass(LONGEST_BACKOFF);
    tiers.round();
    tiers.check();
    assertThat(tiers.state(0).hotStart()).isEqualTo(400);
  }

  @Test
  void aStoreThatTakesNothingIsTriedLessAndLessAndFoundWhenItIsBack() {
    TwoTiers tiers = tiers(3, TIERING);
    for (int partition = 0; partition < 3; partition++) {
      tiers.append(partition, 20);
    }
    tiers.pass(Duration.ofMinutes(10));
    fail(tiers, List.of("write"));
    looks(tiers, Duration.ofMinutes(10));
    assertThat(failed).as("of 120 looks").isBetween(3 * 3, 10 * 3);
    tiers.append(0, 1);
    assertThat(tiers.work().problem(0).orElseThrow()).as("meanwhile too").contains("injected");
    tiers.faults.none();
    looks(tiers, LONGEST_BACKOFF);
    assertThat(tiers.table(2).tieredTo()).isEqualTo(20);
    assertThat(tiers.work().problem(0)).isEmpty();
    looks(tiers, Duration.ofMinutes(11));
    assertThat(tiers.table(0).tieredTo()).as("at the usual pace").isEqualTo(21);
    tiers.check();
  }

  @Test
  void whoAsksForTieringDoesNotWaitUntilAStoreIsTriedAgain() {
    TwoTiers tiers = tiers(1, TIERING);
    tiers.append(0, 20);
    tiers.pass(Duration.ofMinutes(10));
    fail(tiers, List.of("write"));
    looks(tiers, Duration.ofMinutes(10));
    tiers.faults.none();
    assertThat(tiers.passes().runNow(tiers.topic, false).problems()).isEmpty();
    assertThat(tiers.table(0).tieredTo()).isEqualTo(20);
  }

  @Test
  void oneFileThatFailsDoesNotSlowTheOthers() {
    TwoTiers tiers = tiers(2, "tiering: { minFileBytes: 1KiB, maxLag: 1m }");
    tiers.append(0, 20);
    tiers.faults.plan(
        (call, after) ->
            tiers.partition(0).equals(tiers.faults.subject()) ? at(call, "write", away) : null);
    for (int minute = 0; minute < 10; minute++) {
      tiers.append(1, 20);
      looks(tiers, Duration.ofMinutes(1));
    }
    assertThat(tiers.table(1).files()).hasSizeGreaterThanOrEqualTo(8);
    assertThat(tiers.work().problem(0)).isPresent();
    assertThat(tiers.work().problem(1)).isEmpty();
    tiers.check();
  }

  @Test
  void whileUploadsFailLocalCopiesOfWhatIsTieredGoAtTheirPace() {
    TwoTiers tiers = tiers(1, TIERING, "hot: { retain: 1h }");
    tiers.append(0, 20);
    tiers.passes().runNow(tiers.topic, false);
    tiers.append(0, 20);
    tiers.pass(Duration.ofMinutes(50));
    fail(tiers, List.of("write"));
    looks(tiers, Duration.ofMinutes(9));
    assertThat(tiers.state(0).hotStart()).isZero();
    looks(tiers, Duration.ofMinutes(1).plus(LOOK));
    assertThat(tiers.state(0).hotStart()).isEqualTo(20);
    tiers.check();
  }

  @Test
  void whileTheCatalogIsAwayTotalRetentionOfATieredTopicWaits() {
    TwoTiers tiers =
        tiers(1, "segment: { bytes: 64KiB, age: 1m }", TIERING, "retention: { age: 1h }");
    tiers.append(0, 20);
    tiers.pass(Duration.ofHours(5));
    tiers.faults.plan((call, after) -> after ? null : at(call, "commit", away));
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(tiers::round).isSameAs(away);
      assertThat(tiers.state(0).logStart()).isZero();
      assertThat(tiers.state(0).hotStart()).isZero();
    }
    tiers.faults.none();
    tiers.round();
    assertThat(tiers.state(0).logStart()).isEqualTo(20);
    assertThat(tiers.table(0).logStart()).isEqualTo(20);
    assertThat(tiers.counter("untiered.deleted.offsets")).isEqualTo(20);
    tiers.check();
  }

  @Test
  void whileNotesFailRetentionGoesOnAtItsPaceAndTheFailureIsTold() {
    for (String call : List.of("note", "notePolicies")) {
      TwoTiers tiers = new TwoTiers(directory.resolve(call), 1, SEGMENTS, "retention: { age: 1h }");
      failed = 0;
      fail(tiers, List.of(call));
      looks(tiers, Duration.ofMinutes(30));
      assertThat(failed).as("of 360 looks").isBetween(5, 14);
      tiers.append(0, 20);
      tiers.pass(Duration.ofMinutes(59));
      looks(tiers, Duration.ofMinutes(1).plus(LOOK));
      assertThat(tiers.state(0).logStart()).isEqualTo(20);
      assertThat(tiers.work().problem(0).orElseThrow()).contains("injected");
      PassReport report = tiers.passes().runNow(tiers.topic, false);
      assertThat(report.problems().get(0)).contains("injected");
      tiers.faults.none();
      looks(tiers, LONGEST_BACKOFF);
      assertThat(tiers.work().problem(0)).isEmpty();
      tiers.check();
    }
  }

  @Test
  void aTopicThatIsKnownToHaveNoTableExpiresWhileTheCatalogIsAway() {
    TwoTiers tiers = tiers(1, SEGMENTS, NOT_TIERED, "retention: { age: 1h }");
    tiers.append(0, 20);
    tiers.round();
    fail(tiers, List.of("note", "topic", "fresh", "confirmed", "tableTaken"));
    tiers.pass(Duration.ofHours(2));
    tiers.round();
    assertThat(tiers.state(0).logStart()).isEqualTo(20);
    assertThat(tiers.work().problem(0)).as("of its note").isPresent();
    tiers.check();
  }

  @Test
  void aTopicThatMayHaveATableWaitsUntilThatIsKnown() {
    TwoTiers tiers = tiers(1, SEGMENTS, NOT_TIERED, "retention: { age: 1h }");
    tiers.append(0, 20);
    fail(tiers, List.of("topic"));
    tiers.pass(Duration.ofHours(2));
    assertThatThrownBy(tiers::round).isSameAs(away);
    assertThat(tiers.state(0).logStart()).isZero();
    tiers.faults.none();
    tiers.round();
    assertThat(tiers.state(0).logStart()).isEqualTo(20);
    tiers.check();
  }

  @Test
  void aTopicThatWasTieredMeanwhileIsKnownToHaveATable() {
    TwoTiers tiers = tiers(1, SEGMENTS, NOT_TIERED, "retention: { age: 1h }");
    tiers.append(0, 20);
    tiers.round();
    tiers.apply(SEGMENTS, TIERING, "retention: { age: 1h }");
    tiers.passes().runNow(tiers.topic, false);
    assertThat(tiers.table(0).tieredTo()).isEqualTo(20);
    tiers.apply(SEGMENTS, NOT_TIERED, "retention: { age: 1h }");
    tiers.pass(Duration.ofHours(2));
    tiers.round();
    assertThat(tiers.table(0).logStart()).isEqualTo(20);
    assertThat(tiers.state(0).logStart()).isEqualTo(20);
    tiers.check();
  }
}
