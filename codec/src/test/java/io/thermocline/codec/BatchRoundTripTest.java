package io.thermocline.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.RecordBatch;
import io.thermocline.proto.v1.Record;
import io.thermocline.proto.v1.Records;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchRoundTripTest {

  /** A record as the test means it; arrays as strings of bytes, so that equality is by value. */
  private record Meant(
      long offset,
      long timestamp,
      String key,
      String value,
      List<String> names,
      List<String> values) {}

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void whatIsBuiltIsWalkedBackAndIsWhatGeneratedStubsRead(long seed) throws Exception {
    Random random = new Random(seed);
    Compression compression = Compression.ofCode(random.nextInt(3));
    boolean gaps = random.nextBoolean();
    List<Meant> meant = randomRecords(random, gaps);
    RecordBatch batch = build(meant, compression);

    assertThat(batch.baseOffset()).isEqualTo(meant.get(0).offset());
    assertThat(batch.nextOffset()).isEqualTo(meant.get(meant.size() - 1).offset() + 1);
    assertThat(batch.content().computeCrc32c()).isEqualTo(batch.content().crc32c());
    assertThat(walk(batch)).isEqualTo(meant);
    assertThat(parse(batch)).isEqualTo(meant);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void aDenseBatchPassesTheBrokersCheckAndTellsItsLargestTimestamp(Compression compression) {
    BatchBuilder builder = new BatchBuilder();
    HeaderBuffer headers = new HeaderBuffer();
    headers.add("naïve", null);
    headers.add("naïve", new byte[0]);
    builder.add(-5, null, null, null);
    builder.add(70_000, new byte[0], new byte[0], headers);
    builder.add(12, "k".getBytes(StandardCharsets.UTF_8), new byte[100_000], headers);

    assertThat(new BatchChecker(BatchLimits.defaults()).check(builder.build(compression)))
        .isEqualTo(70_000);
  }

  private static List<Meant> randomRecords(Random random, boolean gaps) {
    List<Meant> meant = new ArrayList<>();
    long offset = random.nextInt(1_000);
    for (int i = 0, n = 1 + random.nextInt(300); i < n; i++) {
      List<String> names = new ArrayList<>();
      List<String> values = new ArrayList<>();
      for (int h = random.nextInt(4); h > 0; h--) {
        names.add(random.nextBoolean() ? "" : "n" + random.nextInt(2));
        values.add(bytes(random, 40));
      }
      long timestamp =
          1_500_000_000_000L + random.nextInt() - (random.nextInt(50) == 0 ? 1L << 44 : 0);
      meant.add(
          new Meant(offset, timestamp, bytes(random, 20), bytes(random, 5_000), names, values));
      offset += gaps && random.nextInt(10) == 0 ? 1 + random.nextInt(200) : 1;
    }
    return meant;
  }

  private static String bytes(Random random, int limit) {
    int choice = random.nextInt(5);
    if (choice < 2) {
      return choice == 0 ? null : "";
    }
    byte[] bytes = new byte[1 + random.nextInt(limit)];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static RecordBatch build(List<Meant> meant, Compression compression) {
    BatchBuilder builder = new BatchBuilder();
    HeaderBuffer headers = new HeaderBuffer();
    for (Meant record : meant) {
      headers.clear();
      for (int h = 0; h < record.names().size(); h++) {
        headers.add(record.names().get(h), array(record.values().get(h)));
      }
      byte[] key = array(record.key());
      byte[] value = array(record.value());
      builder.add(
          record.offset(),
          record.timestamp(),
          key,
          0,
          key == null ? -1 : key.length,
          value,
          0,
          value == null ? -1 : value.length,
          headers);
    }
    return builder.buildAt(compression, 42);
  }

  private static List<Meant> walk(RecordBatch batch) {
    BatchContent content = batch.content();
    RecordCursor cursor =
        new RecordCursor()
            .reset(
                new PayloadReader(1 << 25).open(content),
                batch.baseOffset(),
                content.baseTimestampMillis());
    List<Meant> walked = new ArrayList<>();
    while (cursor.next()) {
      List<String> names = new ArrayList<>();
      List<String> values = new ArrayList<>();
      while (cursor.nextHeader()) {
        names.add(text(cursor, cursor.headerNameStart(), cursor.headerNameLength()));
        values.add(text(cursor, cursor.headerValueStart(), cursor.headerValueLength()));
      }
      walked.add(
          new Meant(
              cursor.offset(),
              cursor.timestampMillis(),
              text(cursor, cursor.keyStart(), cursor.keyLength()),
              text(cursor, cursor.valueStart(), cursor.valueLength()),
              names,
              values));
    }
    return walked;
  }

  private static List<Meant> parse(RecordBatch batch) throws Exception {
    BatchContent content = batch.content();
    Records records = Records.parseFrom(new PayloadReader(1 << 25).open(content));
    List<Meant> parsed = new ArrayList<>();
    for (int i = 0; i < records.getRecordsCount(); i++) {
      Record record = records.getRecords(i);
      parsed.add(
          new Meant(
              batch.baseOffset() + (record.hasOffsetDelta() ? record.getOffsetDelta() : i),
              content.baseTimestampMillis() + record.getTimestampDelta(),
              record.hasKey() ? text(record.getKey()) : null,
              record.hasValue() ? text(record.getValue()) : null,
              record.getHeadersList().stream().map(header -> header.getName()).toList(),
              record.getHeadersList().stream()
                  .map(header -> header.hasValue() ? text(header.getValue()) : null)
                  .collect(ArrayList::new, List::add, List::addAll)));
    }
    return parsed;
  }

  private static String text(RecordCursor cursor, int start, int length) {
    return length < 0
        ? null
        : new String(
            Arrays.copyOfRange(cursor.array(), start, start + length), StandardCharsets.ISO_8859_1);
  }

  private static String text(ByteString bytes) {
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static byte[] array(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
