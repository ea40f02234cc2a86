package io.thermocline.cold.parquet;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.model.Compression;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/**
 * How fast one thread writes and reads data files, by its CPU time, for profiling: {@code
 * DataFileThroughput <record bytes> [<MiB> [<rounds>]]}. It states nothing that a test relies on.
 */
final class DataFileThroughput {
  private static final int BATCH_BYTES = 1 << 20;
  private static final PrintStream OUT = System.out;

  private DataFileThroughput() {}

  public static void main(String[] args) throws IOException {
    int recordBytes = Integer.parseInt(args[0]);
    int mebibytes = args.length > 1 ? Integer.parseInt(args[1]) : 256;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
    List<RecordBatch> batches = batches(recordBytes, (long) mebibytes << 20);
    OffsetRange range = new OffsetRange(0, batches.get(batches.size() - 1).nextOffset());
    long bytes = batches.stream().mapToLong(RecordBatch::sizeInBytes).sum();
    for (int round = 0; round < rounds; round++) {
      for (Compression compression : List.of(Compression.ZSTD, Compression.NONE)) {
        Path path = Files.createTempFile("throughput", ".parquet");
        Files.delete(path);
        long start = cpuNanos();
        WrittenFile file =
            new DataFileWriter(DataFileSettings.of(compression))
                .write(DataFileFixture.ID, range, batches.iterator(), path)
                .orElseThrow();
        report("write " + compression, bytes, file.rows(), start);
        OUT.printf("  file: %.1f%%, %s%n", 100.0 * file.bytes() / bytes, file.content());
        for (Compression out : List.of(Compression.NONE, Compression.LZ4)) {
          read(file, bytes, out);
        }
        Files.delete(path);
      }
    }
  }

  private static void read(WrittenFile file, long bytes, Compression out) throws IOException {
    ReadSettings defaults = ReadSettings.defaults();
    ReadSettings settings =
        new ReadSettings(
            defaults.windowBytes(), defaults.mergeGapBytes(), defaults.batchBytes(), out);
    try (FileChannel channel = FileChannel.open(file.path())) {
      RangeSource source = new ChannelRanges(file.path(), channel);
      FileFooter footer = FileFooter.read(source, OptionalInt.of(file.indexCrc32c()));
      long start = cpuNanos();
      long count = 0;
      try (DataFileCursor cursor = new DataFileReader(source, footer, settings).cursor(0)) {
        while (!cursor.isAtEnd()) {
          for (RecordBatch batch : cursor.read(BATCH_BYTES)) {
            count += batch.content().count();
          }
        }
      }
      report("  read to " + out, bytes, count, start);
    }
  }

  /** Of this thread alone: other work on the machine does not count. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void report(String what, long bytes, long rows, long start) {
    double seconds = (cpuNanos() - start) / 1e9;
    OUT.printf(
        "%-18s %7.0f MB/s %6.2f M records/s%n", what, bytes / seconds / 1e6, rows / seconds / 1e6);
  }

  /** Records that look like JSON events: compressible about three times. */
  private static List<RecordBatch> batches(int recordBytes, long bytes) {
    Random random = new Random(1);
    BatchBuilder builder = new BatchBuilder();
    List<RecordBatch> batches = new ArrayList<>();
    long total = 0;
    for (long offset = 0; total < bytes; offset++) {
      StringBuilder text = new StringBuilder(recordBytes + 80);
      while (text.length() < recordBytes) {
        text.append("{\"sensor\":\"s-").append(random.nextInt(10_000));
        text.append("\",\"value\":").append(random.nextDouble());
        text.append(",\"place\":\"").append(Long.toString(random.nextLong(), 36)).append("\"}");
      }
      byte[] value = text.substring(0, recordBytes).getBytes(StandardCharsets.UTF_8);
      byte[] key = ("key-" + random.nextInt(100_000)).getBytes(StandardCharsets.UTF_8);
      long time = 1_700_000_000_000L + offset / 10;
      builder.add(offset, time, key, 0, key.length, value, 0, value.length, null);
      if (builder.sizeInBytes() >= BATCH_BYTES) {
        total += builder.sizeInBytes();
        batches.add(builder.buildAt(Compression.NONE, time));
      }
    }
    return batches;
  }

  private record ChannelRanges(Path path, FileChannel channel) implements RangeSource {
    @Override
    public String location() {
      return path.toString();
    }

    @Override
    public long length() {
      return path.toFile().length();
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) {
      try {
        ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, position + buffer.position() - offset) < 0) {
            throw Damage.of(location(), "it ends too early");
          }
        }
      } catch (IOException e) {
        throw Damage.of(location(), "it can't be read", e);
      }
    }
  }
}
