package io.thermocline.testkit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Records to test with: plain ones, random ones from a seed, and the odd ones that break things.
 */
public final class Records {
  /** A moment in 2026 that plain records count their timestamps from. */
  public static final long NOON = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();

  private static final long YEAR_1 = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
  private static final long YEAR_9999 = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  private Records() {}

  /** {@code count} records with dense offsets from {@code from}, a millisecond apart. */
  public static List<StoredRecord> plain(long from, int count) {
    List<StoredRecord> records = new ArrayList<>(count);
    for (long offset = from; offset < from + count; offset++) {
      records.add(StoredRecord.of(offset, NOON + offset, "key-" + offset % 7, "value-" + offset));
    }
    return records;
  }

  /** Records at the given timestamps, with dense offsets from {@code from}. */
  public static List<StoredRecord> timed(long from, long... timestampsMillis) {
    List<StoredRecord> records = new ArrayList<>(timestampsMillis.length);
    for (long timestamp : timestampsMillis) {
      long offset = from + records.size();
      records.add(StoredRecord.of(offset, timestamp, "key", "value-" + offset));
    }
    return records;
  }

  /**
   * One of each kind that a careless store would change, with dense offsets from {@code from}: null
   * and empty keys, values and header values, repeated and nameless headers, every byte, times
   * before 1970, at the edges and backwards, sizes around the edges of varints and pages.
   */
  public static List<StoredRecord> odd(long from) {
    Bytes none = null;
    Bytes empty = Bytes.of();
    List<StoredHeader> headers =
        List.of(
            StoredHeader.of("trace", "1"),
            StoredHeader.of("other", "2"),
            StoredHeader.of("trace", "1"),
            new StoredHeader("trace", none),
            new StoredHeader("trace", empty),
            StoredHeader.of("", "nameless"),
            new StoredHeader("", none),
            StoredHeader.of("grüße-𓀀", "ümläut"));
    List<StoredRecord> records = new ArrayList<>();
    add(records, from, NOON, Bytes.utf8("k"), Bytes.utf8("v"), List.of());
    add(records, from, NOON, none, Bytes.utf8("no key"), List.of());
    add(records, from, NOON, Bytes.utf8("no value"), none, List.of());
    add(records, from, NOON, none, none, List.of());
    add(records, from, NOON, empty, empty, List.of());
    add(records, from, NOON, empty, none, headers);
    add(records, from, NOON, none, empty, headers);
    add(records, from, NOON, none, none, manyHeaders(200));
    add(records, from, NOON - 5_000, Bytes.utf8("late"), Bytes.utf8("backwards"), List.of());
    add(records, from, 0, Bytes.utf8("epoch"), Bytes.utf8("1970"), List.of());
    add(records, from, -1, Bytes.utf8("just before"), Bytes.utf8("1969"), List.of());
    add(records, from, YEAR_1, Bytes.utf8("first"), Bytes.utf8("year 1"), List.of());
    add(records, from, YEAR_9999, Bytes.utf8("last"), Bytes.utf8("year 9999"), List.of());
    add(records, from, NOON, everyByte(), everyByte(), List.of());
    for (int size : new int[] {127, 128, 16_383, 16_384, 70_000}) {
      add(records, from, NOON + size, bytes(size), bytes(size), List.of());
    }
    return records;
  }

  /** {@code count} records with dense offsets from {@code from}: any of them may be odd. */
  public static List<StoredRecord> random(Random random, long from, int count) {
    return random(random, from, count, 0);
  }

  /**
   * {@code count} random records in ascending offsets.
   *
   * @param maxGap how many offsets may be left out before each record but the first
   */
  public static List<StoredRecord> random(Random random, long from, int count, int maxGap) {
    List<StoredRecord> records = new ArrayList<>(count);
    long offset = from;
    for (int i = 0; i < count; i++) {
      records.add(
          new StoredRecord(
              offset,
              NOON + random.nextInt(-100_000, 100_000),
              randomBytes(random, 40),
              randomBytes(random, random.nextInt(20) == 0 ? 20_000 : 300),
              randomHeaders(random)));
      offset += 1 + random.nextInt(maxGap + 1);
    }
    return records;
  }

  private static void add(
      List<StoredRecord> records,
      long from,
      long timestampMillis,
      Bytes key,
      Bytes value,
      List<StoredHeader> headers) {
    records.add(new StoredRecord(from + records.size(), timestampMillis, key, value, headers));
  }

  private static List<StoredHeader> randomHeaders(Random random) {
    List<StoredHeader> headers = new ArrayList<>();
    while (random.nextInt(3) == 0) {
      headers.add(new StoredHeader("header-" + random.nextInt(3), randomBytes(random, 20)));
    }
    return headers;
  }

  /** One time in eight null, one time in eight empty. */
  private static Bytes randomBytes(Random random, int maxLength) {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1 -> Bytes.of();
      default -> {
        byte[] bytes = new byte[1 + random.nextInt(maxLength)];
        random.nextBytes(bytes);
        yield Bytes.of(bytes);
      }
    };
  }

  private static List<StoredHeader> manyHeaders(int count) {
    List<StoredHeader> headers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      headers.add(StoredHeader.of("name-" + i % 50 + "-".repeat(i), "value-" + i));
    }
    return headers;
  }

  private static Bytes everyByte() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return Bytes.of(bytes);
  }

  private static Bytes bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return Bytes.of(bytes);
  }
}
