package io.thermocline.client.consumer;

import io.thermocline.client.record.PartitionName;
import io.thermocline.client.record.RecordHeader;
import io.thermocline.model.Tier;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A record as it was produced, with its place. The byte arrays are the caller's to keep. */
public final class ConsumerRecord {
  private final PartitionName partition;
  private final long offset;
  private final long timestampMillis;
  private final byte[] key;
  private final byte[] value;
  private final List<RecordHeader> headers;
  private final Tier tier;

  ConsumerRecord(
      PartitionName partition,
      long offset,
      long timestampMillis,
      byte[] key,
      byte[] value,
      List<RecordHeader> headers,
      Tier tier) {
    this.partition = partition;
    this.offset = offset;
    this.timestampMillis = timestampMillis;
    this.key = key;
    this.value = value;
    this.headers = headers;
    this.tier = tier;
  }

  /** Its topic's name. */
  public String topic() {
    return partition.topic();
  }

  /** Its partition's number. */
  public int partition() {
    return partition.partition();
  }

  /** Topic and partition. */
  public PartitionName partitionName() {
    return partition;
  }

  /** Its number in its partition. */
  public long offset() {
    return offset;
  }

  /** The producer's timestamp, Unix milliseconds. */
  public long timestampMillis() {
    return timestampMillis;
  }

  /** Null when it has none. */
  public byte[] key() {
    return key;
  }

  /** Null in a tombstone. */
  public byte[] value() {
    return value;
  }

  /** The key as UTF-8 text; null when it has none. */
  public String keyText() {
    return key == null ? null : new String(key, StandardCharsets.UTF_8);
  }

  /** The value as UTF-8 text; null in a tombstone. */
  public String valueText() {
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  /** In order. */
  public List<RecordHeader> headers() {
    return headers;
  }

  /** The tier it was read from. */
  public Tier tier() {
    return tier;
  }

  @Override
  public String toString() {
    return partition + "@" + offset;
  }
}
