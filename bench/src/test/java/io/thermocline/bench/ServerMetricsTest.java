package io.thermocline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerMetricsTest {
  private final ServerMetrics metrics =
      ServerMetrics.of(
          """
          # HELP requests_total Calls
          # TYPE requests_total counter
          requests_total{operation="read",result="ok"} 12.0
          requests_total{operation="read",result="transient"} 3.0
          requests_total{operation="upload",result="ok"} 1.0E3
          requests_total_more{operation="read",result="ok"} 7.0
          open 5
          """);

  @Test
  void samplesOfANameAreSummed() {
    assertThat(metrics.sum("requests_total")).isEqualTo(1015);
    assertThat(metrics.sum("open")).isEqualTo(5);
  }

  @Test
  void allLabelsHaveToBeThere() {
    assertThat(metrics.sum("requests_total", "operation=\"read\"")).isEqualTo(15);
    assertThat(metrics.sum("requests_total", "operation=\"read\"", "result=\"ok\"")).isEqualTo(12);
  }

  @Test
  void whatIsNotThereIsNothing() {
    assertThat(metrics.sum("requests")).isZero();
    assertThat(metrics.sum("requests_total", "operation=\"list\"")).isZero();
  }
}
