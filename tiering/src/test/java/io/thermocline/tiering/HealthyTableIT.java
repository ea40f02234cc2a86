package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.cold.table.TableSettings;
import io.thermocline.model.ColdFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Fourteen simulated days of commits to one table, with merges, retention and upkeep: what is left
 * is bounded, and every record is still there once. Two commits a day of ten partitions, or, for
 * some minutes, {@code -Dpartitions=50 -DcommitsADay=24}.
 *
 * <p>The passes go by the simulated clock. What the table's upkeep goes by, files' times in the
 * store and snapshots' in the metadata, are real, so its ages are made as short as the days are.
 */
class HealthyTableIT {
  private static final int DAYS = 14;
  private static final int RETAINED_DAYS = 7;
  private static final int PARTITIONS = Integer.getInteger("partitions", 10);
  private static final int COMMITS_A_DAY = Integer.getInteger("commitsADay", 2);
  private static final Duration UPKEEP = Duration.ofMinutes(11);
  private static final TableSettings SHORT_AGES =
      new TableSettings(
          Duration.ofSeconds(30),
          Duration.ofMillis(50),
          10,
          Duration.ofMillis(500),
          Duration.ofMillis(100));

  @Test
  void staysSmallOverFourteenDays() throws IOException {
    inMemory(directory -> simulate(directory, 1));
  }

  /** As with the runner, where hardly a pass comes that finds nothing new to commit. */
  @Test
  void staysSmallWhereEachUpkeepFollowsACommit() throws IOException {
    inMemory(directory -> simulate(directory, 0));
  }

  private static void inMemory(Consumer<Path> days) throws IOException {
    Path directory = Files.createTempDirectory(memory(), "thermocline-days");
    try {
      days.accept(directory);
    } finally {
      delete(directory);
    }
  }

  /**
   * @param quiet turns of upkeep after each commit that find nothing new to commit
   */
  private static void simulate(Path directory, int quiet) {
    Lake lake = Lake.in(directory, SHORT_AGES, InstantSource.system());
    TwoTiers tiers =
        new TwoTiers(
            directory.resolve("tiering"),
            lake::next,
            PARTITIONS,
            "tiering: { minFileBytes: 1MiB, maxLag: 1m, targetFileBytes: 8MiB }",
            "hot: { retain: 0s }",
            "retention: { age: " + RETAINED_DAYS + "d }");
    long began = System.nanoTime();
    Duration step = Duration.ofDays(1).dividedBy(COMMITS_A_DAY).minus(UPKEEP.multipliedBy(quiet));
    int mostFiles = 0;
    for (int commit = 1; commit <= DAYS * COMMITS_A_DAY; commit++) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        tiers.append(partition, 1 + (commit + partition) % 5);
      }
      tiers.pass(step);
      tiers.passes().runWhenFree(tiers.topic);
      upkeep(tiers, quiet);
      mostFiles = Math.max(mostFiles, liveFiles(tiers).size());
    }
    upkeep(tiers, 3 * quiet);
    tiers.check();
    report(directory, tiers, mostFiles, Duration.ofNanos(System.nanoTime() - began));
    tiers.lake().close();
  }

  private static void upkeep(TwoTiers tiers, int turns) {
    for (int turn = 0; turn < turns; turn++) {
      tiers.pass(UPKEEP);
      tiers.passes().runWhenFree(tiers.topic);
    }
  }

  private static void report(Path directory, TwoTiers tiers, int mostFiles, Duration took) {
    List<Path> stored = files(directory.resolve("warehouse"));
    long live = liveFiles(tiers).size();
    long data = count(stored, ".parquet");
    long manifests = count(stored, ".avro") - count(stored, "/snap-");
    long metadata = count(stored, ".metadata.json");
    long metadataBytes =
        stored.stream()
            .filter(file -> file.toString().contains("/metadata/"))
            .mapToLong(HealthyTableIT::size)
            .sum();
    System.out.printf(
        "%d days, %d commits of %d files: live data files %d (at most %d), data files %d, manifests %d,"
            + " manifest lists %d, metadata files %d, metadata bytes %d, took %.1f s%n",
        DAYS,
        DAYS * COMMITS_A_DAY,
        PARTITIONS,
        live,
        mostFiles,
        data,
        manifests,
        count(stored, "/snap-"),
        metadata,
        metadataBytes,
        took.toMillis() / 1000.0);
    assertThat(live).isLessThanOrEqualTo(PARTITIONS * (2L * RETAINED_DAYS + 8));
    assertThat(mostFiles).isLessThanOrEqualTo(PARTITIONS * (2 * RETAINED_DAYS + 16));
    // What the last ten snapshots name beside.
    assertThat(data).isLessThanOrEqualTo(live + 20L * PARTITIONS);
    assertThat(manifests).isLessThanOrEqualTo(400);
    assertThat(metadata).isLessThanOrEqualTo(25);
    assertThat(metadataBytes).isLessThanOrEqualTo(8L << 20);
  }

  private static List<ColdFile> liveFiles(TwoTiers tiers) {
    List<ColdFile> files = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      files.addAll(tiers.table(partition).files());
    }
    return files;
  }

  private static long count(List<Path> files, String part) {
    return files.stream().filter(file -> file.toString().contains(part)).count();
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where forcing costs nothing, if there is such a place: what is measured here is no disk. */
  private static Path memory() {
    Path shared = Path.of("/dev/shm");
    return Files.isWritable(shared) ? shared : Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }
}
