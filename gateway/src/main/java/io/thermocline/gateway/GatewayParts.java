package io.thermocline.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.model.ColdTier;
import io.thermocline.model.GroupOffsets;
import io.thermocline.model.HotTier;
import io.thermocline.model.SecondReader;
import io.thermocline.model.TopicRegistry;
import io.thermocline.query.SqlEngine;
import io.thermocline.tiering.Tiering;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the gateway stands in front of. All of it stays the caller's: closing the gateway closes
 * none of it.
 *
 * @param secondReader what audits hold the data files to, besides the cold tier itself
 * @param metrics where the gateway's own metrics go
 * @param metricsText what {@code /metrics} answers, in Prometheus' text format
 * @param time used for the timestamps of records appended without one
 * @param iceberg Iceberg's REST catalog protocol, below {@code /iceberg}
 * @param problem why the server can't do its work, such as a failed log; empty while it can. Asked
 *     about once a second and at each {@code /readyz}: must answer at once.
 */
public record GatewayParts(
    HotTier hot,
    ColdTier cold,
    TopicRegistry topics,
    GroupOffsets groups,
    Tiering tiering,
    SqlEngine sql,
    SecondReader secondReader,
    MeterRegistry metrics,
    Supplier<String> metricsText,
    InstantSource time,
    HttpPages iceberg,
    Supplier<Optional<String>> problem) {
  public GatewayParts {
    Objects.requireNonNull(hot, "hot");
    Objects.requireNonNull(cold, "cold");
    Objects.requireNonNull(topics, "topics");
    Objects.requireNonNull(groups, "groups");
    Objects.requireNonNull(tiering, "tiering");
    Objects.requireNonNull(sql, "sql");
    Objects.requireNonNull(secondReader, "secondReader");
    Objects.requireNonNull(metrics, "metrics");
    Objects.requireNonNull(metricsText, "metricsText");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(iceberg, "iceberg");
    Objects.requireNonNull(problem, "problem");
  }
}
