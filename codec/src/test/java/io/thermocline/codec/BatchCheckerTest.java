package io.thermocline.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.Header;
import io.thermocline.proto.v1.Record;
import io.thermocline.proto.v1.Records;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BatchCheckerTest {
  private static final Records THREE =
      Records.newBuilder()
          .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("a")))
          .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("b")))
          .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("c")))
          .build();

  @Test
  void aGoodBatchPasses() {
    assertThat(check(plain(3, THREE.toByteArray()))).isEqualTo(1_000);
  }

  @Test
  void aFlippedBitAnywhereInThePayloadIsSeen() {
    byte[] payload = THREE.toByteArray();
    BatchContent good = plain(3, payload);
    for (int bit = 0; bit < payload.length * 8; bit++) {
      byte[] flipped = payload.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertRefused(
          new BatchContent(
              3,
              2,
              Compression.NONE,
              0,
              1_000,
              payload.length,
              good.crc32c(),
              ByteBuffer.wrap(flipped)),
          "batch.crc32c");
    }
  }

  @ParameterizedTest
  @CsvSource({"2", "4", "0", "-1"})
  void aWrongCountIsRefused(int count) {
    byte[] payload = THREE.toByteArray();
    assertRefused(
        BatchContent.of(
            count, count - 1, Compression.NONE, 0, payload.length, ByteBuffer.wrap(payload)),
        "batch.record_count");
  }

  @Test
  void aDeltaThatLeavesGapsIsRefused() {
    byte[] payload = THREE.toByteArray();
    assertRefused(
        BatchContent.of(3, 7, Compression.NONE, 0, payload.length, ByteBuffer.wrap(payload)),
        "batch.last_offset_delta");
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void anUncompressedSizeOtherThanStatedIsRefused(Compression compression) {
    BatchBuilder builder = new BatchBuilder();
    builder.add(1, null, new byte[10_000], null);
    BatchContent good = builder.build(compression);
    for (int off : new int[] {-1, 1, -good.uncompressedBytes() - 1}) {
      assertThat(
              refusal(
                      BatchContent.of(
                          1, 0, compression, 1, good.uncompressedBytes() + off, good.payload()))
                  .kind())
          .isEqualTo(ErrorKind.INVALID);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void aBombIsRefusedBeforeMoreThanTheLimitIsAllocated(Compression compression) {
    BatchBuilder builder = new BatchBuilder();
    builder.add(1, null, new byte[3 << 20], null);
    BatchContent bomb = builder.build(compression);
    BatchChecker small = new BatchChecker(new BatchLimits(1 << 20, 1 << 20, 1 << 20));

    assertThat(catchThrowableOfType(ThermoclineException.class, () -> small.check(bomb)).kind())
        .isEqualTo(ErrorKind.INVALID);
    BatchContent lying = BatchContent.of(1, 0, compression, 1, 1 << 20, bomb.payload().duplicate());
    assertThat(catchThrowableOfType(ThermoclineException.class, () -> small.check(lying)).kind())
        .isEqualTo(ErrorKind.INVALID);
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void aFrameCutShortAnywhereIsRefused(Compression compression) {
    BatchBuilder builder = new BatchBuilder();
    byte[] value = new byte[2_000];
    new Random(5).nextBytes(value);
    builder.add(1, null, value, null);
    BatchContent good = builder.build(compression);
    for (int length = 0; length < good.sizeInBytes(); length += 7) {
      ByteBuffer cut = good.payload().duplicate().limit(length);
      assertThat(
              refusal(BatchContent.of(1, 0, compression, 1, good.uncompressedBytes(), cut)).kind())
          .isEqualTo(ErrorKind.INVALID);
    }
  }

  @Test
  void aRecordOverTheLimitIsRefused() {
    BatchBuilder builder = new BatchBuilder();
    builder.add(1, null, new byte[2_000], null);
    BatchContent content = builder.build(Compression.NONE);
    BatchChecker small = new BatchChecker(new BatchLimits(1 << 20, 1 << 20, 1_000));

    assertThat(catchThrowableOfType(ThermoclineException.class, () -> small.check(content)))
        .hasMessageContaining("2003")
        .hasMessageContaining("1000");
  }

  @Test
  void timestampsOutsideTheYears0001To9999AreRefused() {
    for (long timestamp :
        new long[] {Long.MIN_VALUE, Long.MAX_VALUE, -62_135_596_800_001L, 253_402_300_800_000L}) {
      BatchBuilder builder = new BatchBuilder();
      builder.add(0, null, null, null);
      builder.add(timestamp, null, null, null);
      assertThat(refusal(builder.build(Compression.NONE)).kind()).isEqualTo(ErrorKind.INVALID);
    }
  }

  @Test
  void producersMayNotGiveOffsets() {
    Records given = Records.newBuilder().addRecords(Record.newBuilder().setOffsetDelta(0)).build();
    assertRefused(plain(1, given.toByteArray()), "batch.payload");
  }

  @Test
  void headerNamesMustBeUtf8() {
    byte[] payload =
        Records.newBuilder()
            .addRecords(Record.newBuilder().addHeaders(Header.newBuilder().setName("zz")))
            .build()
            .toByteArray();
    payload[payload.length - 1] = (byte) 0xC3;
    assertRefused(plain(1, payload), "batch.payload");
  }

  @ParameterizedTest
  @CsvSource({
    "an unknown field of the payload, 1200",
    "an unknown field of a record, 0a0230 01",
    "a field twice, 0a04 0a00 0a00",
    "fields out of order, 0a04 1200 0a00",
    "a length past the end, 0a05 1200",
    "a longer varint, 0a8200 1200",
    "a varint cut short, 0a80",
    "a varint of eleven bytes, 0a0c 20 ffffffffffffffffffff01",
    "a key past its record, 0a02 0a05",
    "an unknown header field, 0a04 1a02 1801",
  })
  void malformedBytesAreRefused(String what, String hex) {
    byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThat(refusal(plain(1, payload))).as(what).hasMessageContaining("Bad batch");
  }

  @Test
  void randomBytesAreRefusedOrWalkedButNeverFailOtherwise() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] payload = THREE.toByteArray();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        payload[random.nextInt(payload.length)] = (byte) random.nextInt();
      }
      BatchContent content = plain(3, Arrays.copyOf(payload, random.nextInt(payload.length + 1)));
      try {
        long unused = check(content);
      } catch (ThermoclineException e) {
        assertThat(e.kind()).isEqualTo(ErrorKind.INVALID);
      }
    }
  }

  private static BatchContent plain(int count, byte[] payload) {
    return BatchContent.of(
        count, count - 1, Compression.NONE, 1_000, payload.length, ByteBuffer.wrap(payload));
  }

  private static long check(BatchContent content) {
    return new BatchChecker(BatchLimits.defaults()).check(content);
  }

  private static ThermoclineException refusal(BatchContent content) {
    return catchThrowableOfType(ThermoclineException.class, () -> check(content));
  }

  private static void assertRefused(BatchContent content, String field) {
    ThermoclineException refusal = refusal(content);
    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID);
    assertThat(refusal.violations())
        .extracting(ThermoclineException.Violation::field)
        .containsExactly(field);
  }
}
