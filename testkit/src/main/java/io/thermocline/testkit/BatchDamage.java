package io.thermocline.testkit;

import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import java.nio.ByteBuffer;
import java.util.stream.Stream;

/**
 * A batch that must be refused.
 *
 * @param name what is wrong with it
 * @param batch all else about it is right, its checksum too unless that is what is wrong
 */
public record BatchDamage(String name, BatchContent batch) {
  /** Every kind of damage there is a rule against. */
  public static Stream<BatchDamage> all() {
    BatchContent plain = TestBatches.content(Compression.NONE, Records.plain(0, 3));
    return Stream.concat(stated(plain), content(plain));
  }

  @Override
  public String toString() {
    return name;
  }

  private static Stream<BatchDamage> stated(BatchContent good) {
    int size = good.uncompressedBytes();
    return Stream.of(
        new BatchDamage("wrong checksum", wrongChecksum(good)),
        signed("too many records stated", 4, 3, Compression.NONE, size, good.payload()),
        signed("too few records stated", 2, 1, Compression.NONE, size, good.payload()),
        signed("no records stated", 0, 0, Compression.NONE, size, good.payload()),
        signed("negative record count", -3, 2, Compression.NONE, size, good.payload()),
        signed(
            "last offset delta beyond the records", 3, 9, Compression.NONE, size, good.payload()),
        signed("negative last offset delta", 3, -1, Compression.NONE, size, good.payload()),
        signed("larger than stated", 3, 2, Compression.NONE, size - 1, good.payload()),
        signed("smaller than stated", 3, 2, Compression.NONE, size + 1, good.payload()),
        signed("negative size stated", 3, 2, Compression.NONE, -1, good.payload()),
        signed("huge size stated", 3, 2, Compression.ZSTD, Integer.MAX_VALUE, good.payload()),
        signed("plain bytes said to be zstd", 3, 2, Compression.ZSTD, size, good.payload()),
        signed("plain bytes said to be lz4", 3, 2, Compression.LZ4, size, good.payload()));
  }

  private static Stream<BatchDamage> content(BatchContent good) {
    BatchContent zstd = TestBatches.content(Compression.ZSTD, Records.plain(0, 1_000));
    BatchContent lz4 = TestBatches.content(Compression.LZ4, Records.plain(0, 1_000));
    BatchContent sparse =
        TestBatches.content(StoredRecord.of(0, 0, "k", "v"), StoredRecord.of(5, 0, "k", "v"));
    return Stream.of(
        signed("payload cut short", 3, 2, Compression.NONE, cut(good).remaining(), cut(good)),
        signed("no payload", 3, 2, Compression.NONE, 0, ByteBuffer.allocate(0)),
        signed("unknown bytes", 1, 0, Compression.NONE, 3, ByteBuffer.wrap(new byte[] {9, 9, 9})),
        signed(
            "zstd cut short", 1_000, 999, zstd.compression(), zstd.uncompressedBytes(), cut(zstd)),
        signed("lz4 cut short", 1_000, 999, lz4.compression(), lz4.uncompressedBytes(), cut(lz4)),
        signed(
            "zstd with bytes behind its frame",
            1_000,
            999,
            zstd.compression(),
            zstd.uncompressedBytes(),
            longer(zstd)),
        signed(
            "lz4 with bytes behind its frame",
            1_000,
            999,
            lz4.compression(),
            lz4.uncompressedBytes(),
            longer(lz4)),
        signed(
            "zstd that inflates past what it says",
            1_000,
            999,
            zstd.compression(),
            99,
            zstd.payload()),
        signed(
            "lz4 that inflates past what it says",
            1_000,
            999,
            lz4.compression(),
            99,
            lz4.payload()),
        new BatchDamage("offsets with gaps, which are the broker's to give", sparse),
        new BatchDamage("a time before year 1", timed(-62_135_596_800_001L)),
        new BatchDamage("a time after year 9999", timed(253_402_300_800_000L)));
  }

  private static BatchContent timed(long timestampMillis) {
    return TestBatches.content(Compression.NONE, Records.timed(0, Records.NOON, timestampMillis));
  }

  private static ByteBuffer cut(BatchContent content) {
    return content.payload().duplicate().limit(content.payload().limit() - 1);
  }

  private static ByteBuffer longer(BatchContent content) {
    ByteBuffer payload = content.payload().duplicate();
    return ByteBuffer.allocate(payload.remaining() + 3).put(payload).rewind();
  }

  private static BatchDamage signed(
      String name, int count, int delta, Compression compression, int size, ByteBuffer payload) {
    return new BatchDamage(
        name, BatchContent.of(count, delta, compression, Records.NOON, size, payload));
  }

  private static BatchContent wrongChecksum(BatchContent good) {
    return new BatchContent(
        good.count(),
        good.lastOffsetDelta(),
        good.compression(),
        good.attributes(),
        good.baseTimestampMillis(),
        good.uncompressedBytes(),
        good.crc32c() ^ 1,
        good.payload());
  }
}
