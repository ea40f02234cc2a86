package io.thermocline.cold.table;

import static io.thermocline.cold.table.CountedWarehouse.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.CacheSettings;
import io.thermocline.cold.table.CountedWarehouse.Shape;
import io.thermocline.cold.table.CountedWarehouse.Started;
import io.thermocline.model.ColdTier;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.testkit.Records;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a read at any place asks of the store, whatever the files look like. */
class RandomReadRequestsTest {
  private static final int MOST = 3;
  private static final int READ_BYTES = 64 << 10;
  private static final CacheSettings LEAST =
      new CacheSettings(CacheSettings.LEAST_MEMORY_BYTES, 1 << 20);

  @TempDir Path directory;
  private CountedWarehouse warehouse;

  @BeforeEach
  void open() {
    warehouse = new CountedWarehouse(directory);
  }

  @AfterEach
  void close() {
    warehouse.close();
  }

  /**
   * Files side by side.
   *
   * @param offsets of each file
   */
  private record Layout(String name, int files, int offsets, Shape shape) {
    long end() {
      return (long) files * offsets;
    }

    /** The first offset from there on that has a record. */
    long record(long offset) {
      return (offset + shape.step() - 1) / shape.step() * shape.step();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Layout> layouts() {
    return Stream.of(
        new Layout("large files", 2, 80 << 10, Shape.plain(false)),
        new Layout("with headers", 1, 80 << 10, Shape.plain(true)),
        new Layout("small records", 1, 700_000, new Shape(16, 64, 0, true, 1)),
        new Layout("without keys", 1, 700_000, new Shape(0, 80, 0, false, 1)),
        new Layout("values that compress", 1, 80 << 10, new Shape(16, 32, 992, true, 1)),
        new Layout("large records", 1, 300, new Shape(16, 300_000, 0, true, 1)),
        new Layout("offsets with gaps", 1, 240_000, new Shape(16, 1024, 0, true, 3)),
        new Layout("small files", 24, 300, Shape.plain(true)));
  }

  private void tier(Layout layout) {
    ColdTier cold = warehouse.start().cold();
    for (int file = 0; file < layout.files(); file++) {
      CountedWarehouse.tier(cold, (long) file * layout.offsets(), layout.offsets(), layout.shape());
    }
  }

  /**
   * Where files and row groups meet, the last ones first, as a read behind another one reads on;
   * and anywhere else.
   */
  private List<Long> places(Layout layout, int anywhere) throws IOException {
    SortedSet<Long> places = new TreeSet<>(Comparator.reverseOrder());
    for (Path file : warehouse.files()) {
      try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
        long at = layout.offsets() * (long) file(layout, file);
        for (BlockMetaData group : reader.getFooter().getBlocks()) {
          places.add(at);
          at += group.getRowCount() * layout.shape().step();
          places.add(at - layout.shape().step());
          places.add(at - 20L * layout.shape().step());
        }
      }
    }
    places.removeIf(offset -> offset < 0 || layout.record(offset) >= layout.end());
    List<Long> some = new ArrayList<>(places);
    Random random = new Random(5);
    while (some.size() > anywhere) {
      some.remove(random.nextInt(some.size()));
    }
    for (int i = 0; i < anywhere; i++) {
      some.add(random.nextLong(layout.end() - layout.shape().step()));
    }
    return some;
  }

  private static int file(Layout layout, Path file) {
    String name = file.getFileName().toString();
    return (int) (Long.parseLong(name.substring(0, name.indexOf('-'))) / layout.offsets());
  }

  private static void assertRead(Started process, Layout layout, long offset, String what) {
    ReadResult.Progress progress = process.read(offset, READ_BYTES);
    assertThat(progress.batches().get(0).baseOffset()).isEqualTo(layout.record(offset));
    assertThat(process.store().reads).as(what, offset).hasSizeLessThanOrEqualTo(MOST);
  }

  private static long search(Started process, Layout layout, long offset) {
    OffsetAndTimestamp found =
        process
            .cold()
            .offsetForTimestamp(ID, new OffsetRange(0, layout.end()), Records.NOON + offset)
            .orElseThrow();
    assertThat(found.offset()).isEqualTo(layout.record(offset));
    return found.offset();
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aReadAtAnyOffsetOrTimeTakesAtMostThreeRequests(Layout layout) throws IOException {
    tier(layout);
    for (long offset : places(layout, 8)) {
      assertRead(warehouse.start(), layout, offset, "requests of a first read at %d");
      Started process = warehouse.start();
      long found = search(process, layout, offset);
      assertRead(process, layout, found, "requests of a first read at the time of %d");
    }
    Started process = warehouse.start(LEAST);
    for (long offset : places(layout, 24)) {
      process.store().reads.clear();
      assertRead(process, layout, offset, "requests of a read at %d");
    }
    for (long offset : places(layout, 24)) {
      process.store().reads.clear();
      long found = search(process, layout, offset);
      assertRead(process, layout, found, "requests of a read at the time of %d");
    }
  }
}
