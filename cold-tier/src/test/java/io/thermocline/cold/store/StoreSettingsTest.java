package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreSettingsTest {
  private static final URI LAKE = URI.create("s3://lake");

  @Test
  void secretsAreNeverPrinted() {
    StoreSettings settings =
        StoreSettings.of(LAKE)
            .with(S3Settings.at(URI.create("http://localhost:9"), "user", Secret.of("canary")));
    assertThat(settings.toString()).contains("user").doesNotContain("canary");
    assertThat(settings.s3().credentials().orElseThrow().secretKey().reveal()).isEqualTo("canary");
    assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).isNotEqualTo(Secret.of("b"));
  }

  @Test
  void limitsThatCantWorkAreRefused() {
    Duration second = Duration.ofSeconds(1);
    StoreSettings settings = StoreSettings.of(LAKE);
    assertThatThrownBy(() -> settings.withTimeouts(Duration.ZERO, second, second))
        .hasMessageContaining("connectTimeout");
    assertThatThrownBy(() -> settings.withTimeouts(second, second.negated(), second))
        .hasMessageContaining("attemptTimeout");
    assertThatThrownBy(() -> settings.withTimeouts(second, second, Duration.ZERO))
        .hasMessageContaining("requestTimeout");
    assertThatThrownBy(() -> counts(0, 1, 1, 8 << 20)).hasMessageContaining("attempts");
    assertThatThrownBy(() -> counts(1, 0, 1, 8 << 20)).hasMessageContaining("concurrentReads");
    assertThatThrownBy(() -> counts(1, 1, 0, 8 << 20)).hasMessageContaining("concurrentWrites");
    assertThatThrownBy(() -> counts(1, 1, 1, 1 << 20)).hasMessageContaining("partBytes");
  }

  private static StoreSettings counts(int attempts, int reads, int writes, int partBytes) {
    Duration second = Duration.ofSeconds(1);
    return new StoreSettings(
        LAKE, S3Settings.defaults(), second, second, second, attempts, reads, writes, partBytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:9000", "ftp://host", "http:///x", "http://u:canary@host"})
  void endpointsThatAreNoneAreRefused(String endpoint) {
    assertThatThrownBy(() -> S3Settings.at(URI.create(endpoint), "user", Secret.of("s")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("endpoint")
        .hasMessageNotContaining("canary");
  }

  @Test
  void aBlankRegionOrAccessKeyIsRefused() {
    assertThatThrownBy(
            () ->
                new S3Settings(
                    Optional.empty(),
                    " ",
                    true,
                    Optional.empty(),
                    S3Settings.Checksums.WHEN_REQUIRED))
        .hasMessageContaining("region");
    assertThatThrownBy(() -> new S3Settings.Credentials("", Secret.of("x")))
        .hasMessageContaining("access key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3:bucket",
        "s3:///prefix",
        "s3://user:canary@bucket/x",
        "s3://b",
        "s3://bucket/a/../b",
        "s3://bucket/a//b",
        "minio://bucket/x",
        "gs://bucket/x",
        "S4://bucket"
      })
  void warehousesThatCantBeOpenedAreRefused(String warehouse) {
    assertThatThrownBy(() -> open(warehouse))
        .isInstanceOf(ThermoclineException.class)
        .hasMessageNotContaining("canary")
        .extracting("kind")
        .isEqualTo(ErrorKind.INVALID);
  }

  @Test
  void aBucketMayHaveAPrefixOrNot() {
    assertThat(location("s3://bucket")).isEqualTo("s3://bucket/t/1");
    assertThat(location("s3://bucket/")).isEqualTo("s3://bucket/t/1");
    assertThat(location("s3://my_bucket/a/b/")).isEqualTo("s3://my_bucket/a/b/t/1");
  }

  private static String location(String warehouse) {
    try (ObjectStore store = open(warehouse)) {
      String location = store.location("t/1");
      assertThat(store.keyOf(location)).contains("t/1");
      assertThat(store.keyOf(store.location(""))).contains("");
      return location;
    }
  }

  private static ObjectStore open(String warehouse) {
    return ObjectStores.open(
        StoreSettings.of(URI.create(warehouse)), new SimpleMeterRegistry(), InstantSource.system());
  }
}
