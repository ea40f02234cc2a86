package io.thermocline.hot;

import io.thermocline.codec.BatchLimits;
import io.thermocline.hot.producers.ProducerLimits;
import io.thermocline.model.SegmentLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How the embedded hot tier is kept. Start from {@link #in} and change what is to differ.
 *
 * @param directory where everything lies; made when it is absent
 * @param minFreeBytes appends are refused when less than this is free on its file system
 * @param batchLimits what a batch may weigh
 * @param segmentLimits of partitions no policy spoke for
 * @param forceThreads files that are written and forced at the same time
 * @param readThreads reads from disk at the same time
 * @param maxOpenFiles segments kept open for reading
 * @param maxWaitingBytes appended and not yet durable, over all partitions; more is refused
 * @param maxPartitions of all topics together
 * @param journalBytes of the journal's two files together; made when they are first missed
 * @param journalMinLogs small groups go to the journal while so many logs take turns
 * @param producers how many are remembered, and for how long
 */
public record HotSettings(
    Path directory,
    long minFreeBytes,
    BatchLimits batchLimits,
    SegmentLimits segmentLimits,
    int forceThreads,
    int readThreads,
    int maxOpenFiles,
    long maxWaitingBytes,
    int maxPartitions,
    long journalBytes,
    int journalMinLogs,
    ProducerLimits producers) {
  private static final long MIB = 1L << 20;
  private static final long MIN_JOURNAL_BYTES = 64 << 10;

  public HotSettings {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(batchLimits, "batchLimits");
    Objects.requireNonNull(segmentLimits, "segmentLimits");
    Objects.requireNonNull(producers, "producers");
    check(minFreeBytes >= 0, "minFreeBytes is negative: " + minFreeBytes);
    check(forceThreads > 0, "forceThreads is not positive: " + forceThreads);
    check(readThreads > 0, "readThreads is not positive: " + readThreads);
    check(maxOpenFiles > 0, "maxOpenFiles is not positive: " + maxOpenFiles);
    check(maxPartitions > 0, "maxPartitions is not positive: " + maxPartitions);
    check(
        journalBytes >= MIN_JOURNAL_BYTES,
        "journalBytes %d is less than %d".formatted(journalBytes, MIN_JOURNAL_BYTES));
    check(journalMinLogs > 0, "journalMinLogs is not positive: " + journalMinLogs);
    check(
        maxWaitingBytes >= batchLimits.maxBatchBytes(),
        "maxWaitingBytes %d is less than one batch may have, %d"
            .formatted(maxWaitingBytes, batchLimits.maxBatchBytes()));
  }

  /** The defaults, for a directory. */
  public static HotSettings in(Path directory) {
    return new HotSettings(
        directory,
        2048 * MIB,
        BatchLimits.defaults(),
        new SegmentLimits(128 * MIB, Duration.ofMinutes(10)),
        16,
        4,
        256,
        64 * MIB,
        10_000,
        128 * MIB,
        8,
        ProducerLimits.defaults());
  }

  /** These, with another disk reserve. */
  public HotSettings withMinFreeBytes(long bytes) {
    return with(bytes, segmentLimits, journalBytes, journalMinLogs, producers);
  }

  /** These, with other limits for segments. */
  public HotSettings withSegmentLimits(SegmentLimits limits) {
    return with(minFreeBytes, limits, journalBytes, journalMinLogs, producers);
  }

  /** These, with another journal. */
  public HotSettings withJournal(long bytes, int minLogs) {
    return with(minFreeBytes, segmentLimits, bytes, minLogs, producers);
  }

  /** These, with other limits for producers. */
  public HotSettings withProducers(ProducerLimits limits) {
    return with(minFreeBytes, segmentLimits, journalBytes, journalMinLogs, limits);
  }

  private HotSettings with(
      long newMinFreeBytes,
      SegmentLimits newSegmentLimits,
      long newJournalBytes,
      int newJournalMinLogs,
      ProducerLimits newProducers) {
    return new HotSettings(
        directory,
        newMinFreeBytes,
        batchLimits,
        newSegmentLimits,
        forceThreads,
        readThreads,
        maxOpenFiles,
        maxWaitingBytes,
        maxPartitions,
        newJournalBytes,
        newJournalMinLogs,
        newProducers);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
