package io.thermocline.cold.table;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.cold.CacheSettings;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.cache.BlockCache;
import io.thermocline.cold.cache.BlockLimits;
import io.thermocline.cold.parquet.ReadSettings;
import io.thermocline.cold.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;

/** Puts the parts together that read data files. */
final class Reading {
  /** What one request of read-ahead asks for: at most 128 of them for a GB as it is stored. */
  private static final int REQUEST_BYTES = 8 << 20;

  /** Reading so much in vain takes less time than another request. */
  private static final int MERGE_GAP_BYTES = 512 << 10;

  private Reading() {}

  /**
   * Opens a reader.
   *
   * @param store and {@code threads} stay the caller's, who closes them after the reader
   */
  static ColdReader open(
      ColdSettings settings,
      ObjectStore store,
      LocalCopies copies,
      ReadThreads threads,
      ColdMetrics metrics,
      InstantSource clock,
      MeterRegistry registry) {
    CacheSettings caches = settings.caches();
    // The store gives up by itself; this is for a store that does not.
    Duration patience = settings.store().requestTimeout().multipliedBy(2);
    BlockCache blocks =
        new BlockCache(
            new BlockLimits(caches.blockBytes(), REQUEST_BYTES, MERGE_GAP_BYTES, patience),
            threads.fetching(),
            registry);
    OpenFiles files =
        new OpenFiles(
            store,
            copies,
            ReadSettings.defaults(),
            caches.footerBytes(),
            blocks,
            threads.fetching(),
            threads.copying(),
            patience,
            metrics);
    return new ColdReader(
        files,
        new CursorPool(caches.openReaders(), clock),
        threads.decoding(),
        caches.aheadBytes(),
        patience,
        metrics);
  }
}
