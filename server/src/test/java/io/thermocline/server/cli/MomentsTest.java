package io.thermocline.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.consumer.Start;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {

  @ParameterizedTest
  @CsvSource({
    "2026-11-20T12:00:00Z, 2026-11-20T12:00:00Z",
    "2026-11-20T12:00:00.5+01:00, 2026-11-20T11:00:00.500Z",
    "2026-11-20T12:00-05:00, 2026-11-20T17:00:00Z",
    "2026-11-20T12:00, 2026-11-20T12:00:00Z",
    "2026-11-20 12:00:01, 2026-11-20T12:00:01Z",
    "2026-11-20, 2026-11-20T00:00:00Z",
  })
  void timesAreReadAsPeopleWriteThem(String text, Instant time) {
    assertThat(Moments.time(text)).contains(time);
    assertThat(Moments.start(text)).isEqualTo(Start.timestamp(time));
  }

  @Test
  void positionsHaveNamesOrNumbers() {
    assertThat(Moments.start("earliest")).isEqualTo(Start.earliest());
    assertThat(Moments.start("Latest")).isEqualTo(Start.latest());
    assertThat(Moments.start("42")).isEqualTo(Start.offset(42));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "now", "-1", "2026-13-01", "2026-11-20T25:00Z", "99999999999999999999"})
  void anythingElseIsRefusedWithItsValue(String text) {
    assertThat(Moments.time(text)).isEmpty();
    assertThatThrownBy(() -> Moments.start(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }
}
