package io.thermocline.client.producer;

import io.thermocline.client.record.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A record to send. Immutable, except that byte arrays are not copied: leave them alone until
 * {@link Producer#send} has returned.
 */
public final class ProducerRecord {
  private static final int NO_PARTITION = -1;

  private final String topic;
  private final int partition;
  private final byte[] key;
  private final byte[] value;
  private final List<RecordHeader> headers;
  private final Long timestampMillis;

  private ProducerRecord(
      String topic,
      int partition,
      byte[] key,
      byte[] value,
      List<RecordHeader> headers,
      Long timestampMillis) {
    this.topic = Objects.requireNonNull(topic, "topic");
    this.partition = partition;
    this.key = key;
    this.value = value;
    this.headers = headers;
    this.timestampMillis = timestampMillis;
  }

  /**
   * A record without headers, at the time it is sent, in the partition its key says.
   *
   * @param keyOrNull null: no key, and a partition chosen so that batches get full
   * @param valueOrNull null: a tombstone
   */
  public static ProducerRecord of(String topic, byte[] keyOrNull, byte[] valueOrNull) {
    return new ProducerRecord(topic, NO_PARTITION, keyOrNull, valueOrNull, List.of(), null);
  }

  /** As the other one, of UTF-8 text. */
  public static ProducerRecord of(String topic, String keyOrNull, String valueOrNull) {
    return of(topic, bytes(keyOrNull), bytes(valueOrNull));
  }

  /** The same record with another key, or none. */
  public ProducerRecord withKey(byte[] keyOrNull) {
    return new ProducerRecord(topic, partition, keyOrNull, value, headers, timestampMillis);
  }

  /** The same record with another value, or none. */
  public ProducerRecord withValue(byte[] valueOrNull) {
    return new ProducerRecord(topic, partition, key, valueOrNull, headers, timestampMillis);
  }

  /** The same record, sent to this partition whatever its key. */
  public ProducerRecord withPartition(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("Not a partition: " + number);
    }
    return new ProducerRecord(topic, number, key, value, headers, timestampMillis);
  }

  /** The same record with this timestamp, Unix milliseconds, in the years 0001 to 9999. */
  public ProducerRecord withTimestamp(long millis) {
    return new ProducerRecord(topic, partition, key, value, headers, millis);
  }

  /** The same record with one more header, after those it has. */
  public ProducerRecord withHeader(String name, byte[] valueOrNull) {
    List<RecordHeader> more = new ArrayList<>(headers);
    more.add(new RecordHeader(name, valueOrNull));
    return withHeaders(more);
  }

  /** The same record with one more header of UTF-8 text. */
  public ProducerRecord withHeader(String name, String text) {
    return withHeader(name, bytes(text));
  }

  /** The same record with these headers instead of its own. */
  public ProducerRecord withHeaders(List<RecordHeader> all) {
    return new ProducerRecord(topic, partition, key, value, List.copyOf(all), timestampMillis);
  }

  /** Where it goes. */
  public String topic() {
    return topic;
  }

  /** The partition asked for; empty when the key decides. */
  public OptionalInt partition() {
    return partition == NO_PARTITION ? OptionalInt.empty() : OptionalInt.of(partition);
  }

  /** Null when it has none. */
  public byte[] key() {
    return key;
  }

  /** Null in a tombstone. */
  public byte[] value() {
    return value;
  }

  /** In order. */
  public List<RecordHeader> headers() {
    return headers;
  }

  /** Unix milliseconds; empty for the time it is sent. */
  public OptionalLong timestampMillis() {
    return timestampMillis == null ? OptionalLong.empty() : OptionalLong.of(timestampMillis);
  }

  private static byte[] bytes(String textOrNull) {
    return textOrNull == null ? null : textOrNull.getBytes(StandardCharsets.UTF_8);
  }
}
