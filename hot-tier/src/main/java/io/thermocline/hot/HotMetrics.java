package io.thermocline.hot;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the hot tier counts. */
final class HotMetrics {
  private final Clock clock;
  final Counter appendedBytes;
  final Counter appendedRecords;
  private final Counter forcedBytes;
  final Counter repeats;
  final Counter readBytes;
  final Counter lostOffsets;
  final Counter damagedOffsets;
  final Counter recoveryCuts;
  final Counter failedChores;
  private final Timer append;
  private final Timer queue;
  private final Timer force;
  private final Timer checkpointForce;
  private final Counter fileGroups;
  private final Counter journalGroups;
  private final DistributionSummary groupBatches;
  private final DistributionSummary groupBytes;
  final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong acknowledgedUnforcedBytes = new AtomicLong();
  final AtomicInteger failedLogs = new AtomicInteger();
  final AtomicInteger producers = new AtomicInteger();

  HotMetrics(MeterRegistry registry) {
    clock = registry.config().clock();
    appendedBytes = counter(registry, "append.bytes", "bytes", "Payload bytes appended, durable");
    appendedRecords = counter(registry, "append.records", "records", "Records appended, durable");
    forcedBytes =
        counter(registry, "forced.bytes", "bytes", "Bytes of batches forced, headers included");
    repeats =
        counter(registry, "append.repeats", "batches", "Batches that were stored already, told so");
    readBytes = counter(registry, "read.bytes", "bytes", "Payload bytes read from local disk");
    lostOffsets =
        counter(registry, "lost.offsets", "offsets", "Offsets answered as lost, at each read");
    damagedOffsets =
        counter(
            registry,
            "damaged.offsets",
            "offsets",
            "Acknowledged offsets found damaged, by a start or a reader, once each");
    recoveryCuts =
        counter(registry, "recovery.cuts", "cuts", "Unacknowledged tails cut at start-up");
    failedChores =
        counter(registry, "failed.chores", "chores", "Checkpoints, deletions and the like failed");
    append =
        Timer.builder("thermocline.hot.append")
            .description("From a batch being handed over until it is durable")
            .publishPercentileHistogram()
            .register(registry);
    queue =
        Timer.builder("thermocline.hot.queue")
            .description("From a batch being handed over until it is written")
            .publishPercentileHistogram()
            .register(registry);
    force =
        Timer.builder("thermocline.hot.force")
            .description("Forcing one file for one group of batches")
            .publishPercentileHistogram()
            .register(registry);
    checkpointForce =
        Timer.builder("thermocline.hot.checkpoint.force")
            .description("Forcing one file whose batches were durable in the journal")
            .publishPercentileHistogram()
            .register(registry);
    fileGroups = groups(registry, "file");
    journalGroups = groups(registry, "journal");
    groupBatches =
        DistributionSummary.builder("thermocline.hot.group.batches")
            .description("Batches of one log that became durable together")
            .register(registry);
    groupBytes =
        DistributionSummary.builder("thermocline.hot.group.bytes")
            .baseUnit("bytes")
            .description("Bytes of one log that became durable together")
            .register(registry);
    gauge(registry, "waiting.bytes", waitingBytes, "Bytes handed over and not yet durable");
    gauge(registry, "producers", producers, "Producers remembered, once for each partition");
    gauge(registry, "failed.logs", failedLogs, "Logs that take no more writes after an I/O error");
    gauge(
        registry,
        "acknowledged.unforced.bytes",
        acknowledgedUnforcedBytes,
        "Bytes that were acknowledged before they were forced, since the start: none, by design");
  }

  private static Counter groups(MeterRegistry registry, String way) {
    return Counter.builder("thermocline.hot.groups")
        .tag("way", way)
        .description("Groups of batches made durable by a force of their file, or in the journal")
        .register(registry);
  }

  private static Counter counter(
      MeterRegistry registry, String name, String unit, String description) {
    return Counter.builder("thermocline.hot." + name)
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  private static void gauge(MeterRegistry registry, String name, Number value, String description) {
    Gauge.builder("thermocline.hot." + name, value, Number::doubleValue)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** Where a duration begins. */
  long now() {
    return clock.monotonicTime();
  }

  /** A batch that was handed over then is written now. */
  void begun(long startedAt) {
    queue.record(now() - startedAt, TimeUnit.NANOSECONDS);
  }

  /** Bytes were acknowledged that no force had reached: the broken promise that must show. */
  void acknowledgedUnforced(long bytes) {
    long unused = acknowledgedUnforcedBytes.addAndGet(bytes);
  }

  void appended(long startedAt) {
    append.record(now() - startedAt, TimeUnit.NANOSECONDS);
  }

  /** A group's file was forced. */
  void forced(long startedAt, int batches, long bytes) {
    force.record(now() - startedAt, TimeUnit.NANOSECONDS);
    fileGroups.increment();
    group(batches, bytes);
  }

  /** A group is durable in the journal. */
  void journalled(int batches, long bytes) {
    journalGroups.increment();
    group(batches, bytes);
  }

  /** A file was forced whose batches had been durable in the journal. */
  void checkpointed(long startedAt) {
    checkpointForce.record(now() - startedAt, TimeUnit.NANOSECONDS);
  }

  private void group(int batches, long bytes) {
    forcedBytes.increment((double) bytes);
    groupBatches.record(batches);
    groupBytes.record((double) bytes);
  }
}
