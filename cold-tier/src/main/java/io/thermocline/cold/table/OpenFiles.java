package io.thermocline.cold.table;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.thermocline.cold.parquet.DataFileReader;
import io.thermocline.cold.parquet.FileFooter;
import io.thermocline.cold.parquet.ReadSettings;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.util.OptionalInt;

/** Readers of data files, with their footers kept in memory. Thread-safe. */
final class OpenFiles {
  private final ObjectStore store;
  private final ReadSettings settings;
  private final ColdMetrics metrics;
  private final Cache<String, FileFooter> footers;

  OpenFiles(ObjectStore store, ReadSettings settings, long footerBytes, ColdMetrics metrics) {
    this.store = store;
    this.settings = settings;
    this.metrics = metrics;
    this.footers =
        Caffeine.newBuilder()
            .maximumWeight(footerBytes)
            .weigher((String location, FileFooter footer) -> footer.weightInBytes())
            .build();
  }

  /**
   * A reader of one file.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when its footer is damaged, or is not
   *     what name and manifest say
   */
  DataFileReader reader(TopicId topic, TableFile file) {
    StoredRange range = range(file);
    FileFooter footer = footers.getIfPresent(file.location());
    metrics.cache(ColdMetrics.CacheName.FOOTER, footer != null);
    if (footer == null) {
      footer = FileFooter.read(range, OptionalInt.of(file.name().crc32c()));
      footers.put(file.location(), footer);
    }
    requireSame(topic, file, footer);
    return new DataFileReader(range, footer, settings);
  }

  private StoredRange range(TableFile file) {
    String key =
        store
            .keyOf(file.location())
            .orElseThrow(
                () ->
                    new ThermoclineException(
                        ErrorKind.FAILED_PRECONDITION,
                        "%s lies outside the warehouse %s"
                            .formatted(file.location(), store.location(""))));
    return new StoredRange(store, key, file.location(), file.span().bytes());
  }

  private static void requireSame(TopicId topic, TableFile file, FileFooter footer) {
    if (!footer.topicId().equals(topic.uuid())
        || footer.partition() != file.partition()
        || !footer.range().equals(file.span().range())
        || footer.rows() != file.rows()) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          ("Data file %s should have %d rows of topic %s, partition %d, offsets %s; its footer says"
                  + " %d rows of topic %s, partition %d, offsets %s")
              .formatted(
                  file.location(),
                  file.rows(),
                  topic.uuid(),
                  file.partition(),
                  file.span().range(),
                  footer.rows(),
                  footer.topicId(),
                  footer.partition(),
                  footer.range()));
    }
  }
}
