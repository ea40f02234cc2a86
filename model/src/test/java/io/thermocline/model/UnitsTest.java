package io.thermocline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

  @ParameterizedTest
  @CsvSource({"0B,0", "512B,512", "1KiB,1024", "128MiB,134217728", "20GiB,21474836480"})
  void sizesAreReadAndWrittenBack(String text, long bytes) {
    assertThat(Units.parseBytes(text)).isEqualTo(bytes);
    assertThat(Units.exactBytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0ms,0", "250ms,250", "90s,90000", "10m,600000", "6h,21600000", "365d,31536000000"})
  void durationsAreReadAndWrittenBack(String text, long millis) {
    assertThat(Units.parseDuration(text)).isEqualTo(Duration.ofMillis(millis));
    assertThat(Units.exactDuration(Duration.ofMillis(millis))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"128", "", "MiB", "1.5MiB", "-1MiB", "9999999999PiB", "10 apples"})
  void aSizeWithoutUnitNegativeOrTooLargeIsRefusedWithItsText(String text) {
    assertThatThrownBy(() -> Units.parseBytes(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "", "m", "1.5h", "-1h", "99999999999999d", "10w"})
  void aDurationWithoutUnitNegativeOrTooLargeIsRefusedWithItsText(String text) {
    assertThatThrownBy(() -> Units.parseDuration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void sizesForPeopleAreRounded() {
    assertThat(Units.roundedBytes(999)).isEqualTo("999 B");
    assertThat(Units.roundedBytes(1_234_567)).isEqualTo("1.2 MiB");
    assertThat(Units.roundedBytes(250L << 20)).isEqualTo("250 MiB");
  }
}
