package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.consumer.ConsumerRecord;
import io.thermocline.client.producer.RecordMetadata;
import io.thermocline.client.record.PartitionName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What became of every record sent, and what reading it all must then give. A record is known by
 * its key, which is never used twice. Thread-safe.
 */
final class Ledger {
  private final Map<PartitionName, TreeMap<Long, Entry>> acknowledged = new HashMap<>();
  private final Map<String, Integer> unknown = new HashMap<>();
  private final Set<String> failed = new HashSet<>();

  /** What earlier readers saw: acknowledged or not, an offset names no other record ever after. */
  private final Map<PartitionName, List<Entry>> seen = new HashMap<>();

  private record Entry(String key, int crc) {}

  static int crc(byte[] value) {
    CRC32C crc = new CRC32C();
    crc.update(value);
    return (int) crc.getValue();
  }

  synchronized void acknowledged(RecordMetadata at, String key, int crc) {
    PartitionName partition = new PartitionName(at.topic(), at.partition());
    Entry before =
        acknowledged
            .computeIfAbsent(partition, name -> new TreeMap<>())
            .put(at.offset(), new Entry(key, crc));
    if (before != null) {
      throw new AssertionError(partition + " gave offset " + at.offset() + " twice");
    }
  }

  /** May be found, once at most. */
  synchronized void unknown(String key, int crc) {
    unknown.put(key, crc);
  }

  /** Must never be found. */
  synchronized void failed(String key) {
    failed.add(key);
  }

  synchronized int acknowledgements() {
    return acknowledged.values().stream().mapToInt(Map::size).sum();
  }

  /**
   * Checks all records of one partition, read from offset 0 to the end.
   *
   * @throws AssertionError naming what was lost, changed, doubled or made up
   */
  synchronized void check(PartitionName partition, List<ConsumerRecord> records) {
    checkFrom(partition, 0, records);
  }

  /** The end that readers have seen. */
  synchronized int seenTo(PartitionName partition) {
    return seen.getOrDefault(partition, List.of()).size();
  }

  /**
   * As {@link #check}, of records read from an offset on; what lies before it is as it was read
   * last time.
   *
   * @param from at most {@link #seenTo}
   */
  synchronized void checkFrom(PartitionName partition, int from, List<ConsumerRecord> records) {
    List<Entry> before = seen.getOrDefault(partition, List.of());
    List<Entry> now = new ArrayList<>(before.subList(0, from));
    Map<Long, Entry> promised = acknowledged.getOrDefault(partition, new TreeMap<>());
    Set<String> keys = new HashSet<>();
    now.forEach(entry -> keys.add(entry.key()));
    for (ConsumerRecord record : records) {
      Entry entry =
          new Entry(new String(record.key(), StandardCharsets.UTF_8), crc(record.value()));
      assertThat(record.offset()).as("next offset of %s", partition).isEqualTo(now.size());
      if (!keys.add(entry.key())) {
        throw new AssertionError(entry.key() + " stands twice, again at " + record);
      }
      Entry expected = promised.get(record.offset());
      if (expected == null) {
        checkUnacknowledged(record, entry);
      } else if (!expected.equals(entry)) {
        throw new AssertionError(record + " is " + entry + ", acknowledged was " + expected);
      }
      now.add(entry);
    }
    for (Map.Entry<Long, Entry> promise : promised.entrySet()) {
      if (promise.getKey() >= now.size()) {
        throw new AssertionError(
            "Lost: %s of %s at %d, the end is %d"
                .formatted(promise.getValue(), partition, promise.getKey(), now.size()));
      }
    }
    assertThat(now.size()).as("end of %s", partition).isGreaterThanOrEqualTo(before.size());
    assertThat(now.subList(0, before.size())).as("what was read before").isEqualTo(before);
    seen.put(partition, now);
  }

  private void checkUnacknowledged(ConsumerRecord record, Entry entry) {
    if (failed.contains(entry.key())) {
      throw new AssertionError(record + " holds " + entry + ", which surely failed");
    }
    Integer crc = unknown.get(entry.key());
    if (crc == null || crc != entry.crc()) {
      throw new AssertionError(record + " holds " + entry + ", which nobody sent so");
    }
  }
}
