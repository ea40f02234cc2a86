package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.cold.CacheSettings;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Records;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One partition in a warehouse whose processes, one after the other, count what they ask of the
 * store.
 */
final class CountedWarehouse implements AutoCloseable {
  static final TopicPartition ID =
      new TopicId(UUID.fromString("1b5e1f4e-7a55-4b69-9a3c-1f5d9d0c2a12"), "orders").partition(0);

  private static final int BATCH_BYTES = 1 << 20;

  private final UUID cluster = UUID.randomUUID();
  private final Path directory;

  /** The warehouse as the process sees it that runs now. Those before keep no memory. */
  private TestWarehouse warehouse;

  CountedWarehouse(Path directory) {
    this.directory = directory;
    this.warehouse = open();
  }

  private TestWarehouse open() {
    StoreSettings store = StoreSettings.of(directory.resolve("warehouse").toUri());
    return new TestWarehouse(directory, store, cluster);
  }

  /** A process, until the next one starts. */
  record Started(ColdTier cold, CountingStore store) {
    ReadResult.Progress read(long from, int maxBytes) {
      ReadResult result = cold.read(ID, from, maxBytes);
      assertThat(result).isInstanceOf(ReadResult.Progress.class);
      return (ReadResult.Progress) result;
    }
  }

  /**
   * What records look like.
   *
   * @param keyBytes 0 for none
   * @param valueBytes random ones of each value, which nothing compresses
   * @param zeros behind them, which take no space once they are compressed
   * @param headers whether records have any
   * @param step from an offset to the next one
   */
  record Shape(int keyBytes, int valueBytes, int zeros, boolean headers, int step) {
    /** Values of a KiB that nothing compresses. */
    static Shape plain(boolean headers) {
      return new Shape(16, 1024, 0, headers, 1);
    }
  }

  /** A process that knows nothing yet. */
  Started start() {
    return start(CacheSettings.defaults());
  }

  Started start(CacheSettings caches) {
    warehouse.close();
    warehouse = open();
    AtomicReference<CountingStore> counting = new AtomicReference<>();
    ColdTier cold =
        warehouse
            .start(
                caches,
                store -> {
                  counting.set(new CountingStore(store));
                  return counting.get();
                })
            .cold();
    return new Started(cold, counting.get());
  }

  /**
   * Tiers offsets {@code [from, from + count)} as one file. A record is a millisecond an offset.
   */
  static void tier(ColdTier cold, long from, int count, Shape shape) {
    OffsetRange range = new OffsetRange(from, from + count);
    ColdFile file =
        cold.write(ID, range, batches(range, shape), new ColdWriteSettings(Compression.ZSTD))
            .orElseThrow();
    ColdCommit.Move move = new ColdCommit.Move(0, from, range.to(), 0, List.of(file), List.of());
    assertThat(cold.commit(ID.topic(), new ColdCommit(UUID.randomUUID(), List.of(move))))
        .isNotNull();
  }

  /** Made one by one, as all of them may take more memory than there is. */
  private static Iterator<RecordBatch> batches(OffsetRange range, Shape shape) {
    Random random = new Random(range.from());
    HeaderBuffer headers = new HeaderBuffer();
    if (shape.headers()) {
      headers.add("trace", new byte[] {1, 2, 3});
    }
    BatchBuilder builder = new BatchBuilder();
    byte[] key = new byte[shape.keyBytes()];
    byte[] value = new byte[shape.valueBytes() + shape.zeros()];
    byte[] noise = new byte[shape.valueBytes()];
    return new Iterator<>() {
      private long offset = range.from();

      @Override
      public boolean hasNext() {
        return offset < range.to();
      }

      @Override
      public RecordBatch next() {
        long last = offset;
        while (hasNext() && builder.sizeInBytes() <= BATCH_BYTES) {
          random.nextBytes(key);
          random.nextBytes(noise);
          System.arraycopy(noise, 0, value, 0, noise.length);
          int keyLength = key.length == 0 ? -1 : key.length;
          last = offset;
          builder.add(
              last, Records.NOON + last, key, 0, keyLength, value, 0, value.length, headers);
          offset += shape.step();
        }
        return builder.buildAt(Compression.NONE, Records.NOON + last);
      }
    };
  }

  /** The data files, oldest first. */
  List<Path> files() {
    return warehouse.files(".parquet");
  }

  @Override
  public void close() {
    warehouse.close();
  }
}
