package io.thermocline.bench.compare;

import io.thermocline.bench.compare.cold.ColdCases;
import io.thermocline.model.Compression;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Every case, in the order they run. */
final class Cases {
  private static final int KIB = 1024;
  private static final int MANY_PARTITIONS = 1000;
  private static final Set<String> QUICK = Set.of("produce-1k", "produce-100", "fetch-1k");

  private Cases() {}

  static List<Case> all() {
    return Stream.of(hot(), ColdCases.all(), List.<Case>of(new RestartCase()))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Case> hot() {
    return List.of(
        new ProduceCase("produce-1k", KIB, false),
        new ProduceCase("produce-1k-forced", KIB, true),
        new ProduceCase("produce-100", 100, false),
        new ProduceCase("produce-100-forced", 100, true),
        new FetchCase("fetch-1k", KIB),
        new FetchCase("fetch-100", 100),
        new LatencyCase("latency-10k"),
        new ManyPartitionsLatencyCase("partitions-1000-10k", MANY_PARTITIONS),
        new ManyPartitionsCase("partitions-1000-100", MANY_PARTITIONS),
        new TailCase("tail"),
        new CompressedCase("earthquakes-lz4", Compression.LZ4),
        new CompressedCase("earthquakes-zstd", Compression.ZSTD));
  }

  /** Those of {@code --quick}. */
  static List<Case> quick() {
    return all().stream().filter(one -> QUICK.contains(one.name())).toList();
  }
}
