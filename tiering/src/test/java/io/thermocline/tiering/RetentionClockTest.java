package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionClockTest {
  private static final Duration TEN_YEARS = Duration.ofDays(3_650);

  @TempDir Path directory;
  private final ManualClock wall = ManualClock.start();
  private long nanos = -5_000_000_000L;

  private RetentionClock open() {
    return RetentionClock.open(directory, wall, () -> nanos, Duration.ofMinutes(5));
  }

  private void pass(Duration time) {
    wall.advance(time);
    nanos += time.toNanos();
  }

  @Test
  void followsTheWallClockHoweverLongNobodyAsks() {
    RetentionClock clock = open();
    pass(Duration.ofDays(30));
    assertThat(clock.now()).isEqualTo(wall.instant());
  }

  @Test
  void believesASmallStep() {
    RetentionClock clock = open();
    wall.advance(Duration.ofMinutes(4));
    assertThat(clock.now()).isEqualTo(wall.instant());
  }

  @Test
  void aJumpOfYearsForwardDoesNotCarryItAlong() {
    RetentionClock clock = open();
    Instant before = clock.now();
    wall.advance(TEN_YEARS);
    assertThat(clock.now()).isEqualTo(before);
    pass(Duration.ofHours(1));
    assertThat(clock.now()).isEqualTo(before.plus(Duration.ofHours(2)));
    wall.advance(TEN_YEARS.negated());
    assertThat(clock.now()).isBeforeOrEqualTo(wall.instant());
  }

  @Test
  void goesBackWithTheWallClockButNeverAheadOfWhatItTrusted() {
    RetentionClock clock = open();
    Instant before = clock.now();
    wall.advance(TEN_YEARS.negated());
    assertThat(clock.now()).isEqualTo(wall.instant());
    wall.advance(TEN_YEARS);
    assertThat(clock.now()).isEqualTo(before);
  }

  @Test
  void catchesUpInAsMuchTimeAsTheServerWasOff() {
    Instant before = open().now();
    wall.advance(Duration.ofDays(3));
    RetentionClock clock = open();
    assertThat(clock.now()).isEqualTo(before);
    pass(Duration.ofDays(3));
    assertThat(clock.now()).isEqualTo(wall.instant());
  }

  @Test
  void aRestartIsNoWayAroundAJump() {
    RetentionClock clock = open();
    Instant before = clock.now();
    wall.advance(TEN_YEARS);
    assertThat(open().now()).isEqualTo(before);
  }

  /** The file must never be made anew: later versions have to read what the first one wrote. */
  @Test
  void aClockOfTheFirstVersionGoesOn() throws IOException {
    try (InputStream golden = getClass().getResourceAsStream("/golden/retention-clock-v1")) {
      Files.copy(golden, directory.resolve("retention-clock"));
    }

    assertThat(open().now()).isEqualTo(Instant.ofEpochMilli(1_763_640_000_123L));
  }
}
