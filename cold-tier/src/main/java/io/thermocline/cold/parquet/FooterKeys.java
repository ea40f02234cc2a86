package io.thermocline.cold.parquet;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicPartition;
import java.util.HashMap;
import java.util.Map;

/** What a data file says of itself, as key-value metadata in its footer. */
final class FooterKeys {
  static final String FORMAT = "thermocline.format";
  static final String FORMAT_VERSION = "1";
  static final String TOPIC_ID = "thermocline.topic-id";
  static final String PARTITION = "thermocline.partition";
  static final String FROM = "thermocline.from";
  static final String TO = "thermocline.to";
  static final String CONTENT_CRC32C = "thermocline.content-crc32c";

  /** Not in files that were written before it was kept. */
  static final String PAGE_CRC32 = "thermocline.page-crc32";

  private FooterKeys() {}

  static Map<String, String> of(
      TopicPartition id, OffsetRange range, int contentCrc32c, PageChecksums pages) {
    Map<String, String> keys = new HashMap<>();
    keys.put(FORMAT, FORMAT_VERSION);
    keys.put(TOPIC_ID, id.topic().uuid().toString());
    keys.put(PARTITION, Integer.toString(id.partition()));
    keys.put(FROM, Long.toString(range.from()));
    keys.put(TO, Long.toString(range.to()));
    keys.put(CONTENT_CRC32C, "%08x".formatted(contentCrc32c));
    keys.put(PAGE_CRC32, pages.encoded());
    return keys;
  }
}
