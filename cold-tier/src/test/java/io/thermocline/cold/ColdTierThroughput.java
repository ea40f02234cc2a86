package io.thermocline.cold;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
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
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * How fast one thread tiers and replays over a directory, by the clock on the wall: {@code
 * ColdTierThroughput <directory> <record bytes> <MiB a file> <files>}. It states nothing that a
 * test relies on.
 */
final class ColdTierThroughput {
  private static final PrintStream OUT = System.out;

  private ColdTierThroughput() {}

  public static void main(String[] args) {
    Path directory = Path.of(args[0]);
    int recordBytes = Integer.parseInt(args[1]);
    long fileBytes = Long.parseLong(args[2]) << 20;
    int files = Integer.parseInt(args[3]);
    ColdSettings settings =
        ColdSettings.of(
            StoreSettings.of(directory.resolve("warehouse").toUri()),
            directory.resolve("data"),
            UUID.randomUUID());
    try (ColdTier cold =
        IcebergColdTier.open(settings, InstantSource.system(), new SimpleMeterRegistry())) {
      TopicPartition id = new TopicId(UUID.randomUUID(), "throughput").partition(0);
      for (int file = 0; file < files; file++) {
        tier(cold, id, recordBytes, fileBytes);
      }
      for (int round = 0; round < 4; round++) {
        replay(cold, id);
      }
    }
  }

  private static void tier(ColdTier cold, TopicPartition id, int recordBytes, long fileBytes) {
    long from = cold.topic(id.topic()).map(topic -> topic.partition(0).tieredTo()).orElse(0L);
    List<RecordBatch> batches = batches(from, recordBytes, fileBytes);
    long to = batches.get(batches.size() - 1).nextOffset();
    long start = System.nanoTime();
    ColdFile written =
        cold.write(
                id,
                new OffsetRange(from, to),
                batches.iterator(),
                new ColdWriteSettings(Compression.ZSTD))
            .orElseThrow();
    report("write and upload", fileBytes, start);
    start = System.nanoTime();
    long reached =
        cold.commit(
                id.topic(),
                new ColdCommit(
                    UUID.randomUUID(),
                    List.of(new ColdCommit.Move(0, from, to, 0, List.of(written), List.of()))))
            .partition(0)
            .tieredTo();
    OUT.printf("commit to %d: %d ms%n", reached, (System.nanoTime() - start) / 1_000_000);
  }

  private static void replay(ColdTier cold, TopicPartition id) {
    long start = System.nanoTime();
    long next = 0;
    long bytes = 0;
    while (cold.read(id, next, 4 << 20) instanceof ReadResult.Progress progress) {
      bytes += progress.batches().stream().mapToLong(RecordBatch::sizeInBytes).sum();
      next = progress.nextOffset();
    }
    report("replay", bytes, start);
  }

  private static List<RecordBatch> batches(long from, int recordBytes, long bytes) {
    Random random = new Random(from);
    List<RecordBatch> batches = new ArrayList<>();
    BatchBuilder builder = new BatchBuilder();
    long offset = from;
    for (long made = 0; made < bytes; made += recordBytes) {
      byte[] key = ("key-" + offset % 1000).getBytes(StandardCharsets.UTF_8);
      StringBuilder value = new StringBuilder("{\"offset\":" + offset);
      while (value.length() < recordBytes) {
        value.append(",\"field").append(value.length()).append("\":").append(random.nextInt());
      }
      builder.add(
          1_700_000_000_000L + offset,
          key,
          value.toString().getBytes(StandardCharsets.UTF_8),
          new HeaderBuffer());
      offset++;
      if (builder.sizeInBytes() > 1 << 20) {
        batches.add(at(builder.buildAt(Compression.LZ4, 1_700_000_000_000L), offset));
      }
    }
    if (builder.count() > 0) {
      batches.add(at(builder.buildAt(Compression.LZ4, 1_700_000_000_000L), offset));
    }
    return batches;
  }

  private static RecordBatch at(RecordBatch dense, long end) {
    return new RecordBatch(
        end - dense.content().count(),
        dense.appendTimeMillis(),
        dense.maxTimestampMillis(),
        dense.content());
  }

  private static void report(String what, long bytes, long startNanos) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    OUT.printf("%s: %.0f MB/s (%.2f s)%n", what, bytes / 1e6 / seconds, seconds);
  }
}
