package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Compression;
import io.thermocline.model.ReadResult;
import io.thermocline.model.Tier;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/** Lives of both tiers and what moves records between them, each ended by a power cut. */
final class TieredPowerCutRun {
  private static final int STEPS = 14;
  private static final int PARTITIONS = 2;

  /** One call in so many is a moment at which the power may have failed. */
  private static final int CALLS_BETWEEN_CUTS = 60;

  private static final int CUTS_A_LIFE = 6;

  private final long seed;
  private final Random random;
  private final Path catalogs;
  private final ManualClock clock = ManualClock.start();
  private int values;
  private int images;
  private int catalogCount;

  TieredPowerCutRun(long seed, Path catalogs) {
    this.seed = seed;
    this.random = new Random(seed);
    this.catalogs = catalogs;
  }

  /**
   * What was acknowledged, by partition and offset. Guarded by itself while a life goes on.
   *
   * @param logStarts the log starts that were acknowledged
   */
  private record Promised(
      Map<TopicPartition, NavigableMap<Long, Bytes>> values, Map<TopicPartition, Long> logStarts) {

    Promised copy() {
      Map<TopicPartition, NavigableMap<Long, Bytes>> copied = new HashMap<>();
      values.forEach((id, of) -> copied.put(id, new TreeMap<>(of)));
      return new Promised(copied, new HashMap<>(logStarts));
    }
  }

  /** Both disks at one moment, and what had been promised by then. */
  private record Crash(PowerCut disk, Path catalog, Promised promised) {}

  /** Opens at least so many images. */
  void run(int wanted) {
    Crash before =
        new Crash(
            new SimulatedDisk(clock).cut(),
            catalog(),
            new Promised(new HashMap<>(), new HashMap<>()));
    while (images < wanted) {
      List<Crash> crashes = live(before);
      for (Crash crash : crashes) {
        check(crash);
      }
      before = crashes.get(random.nextInt(crashes.size()));
    }
  }

  private Path catalog() {
    return catalogs.resolve("catalog-" + catalogCount++ + ".db");
  }

  private List<Crash> live(Crash before) {
    SimulatedDisk disk = before.disk().image(random.nextLong());
    Path catalog = catalogCopy(before);
    Promised promised = before.promised().copy();
    List<Crash> crashes = new ArrayList<>();
    Random moments = new Random(random.nextLong());
    disk.fault(
        (op, path) -> {
          synchronized (crashes) {
            if (crashes.size() < CUTS_A_LIFE && moments.nextInt(CALLS_BETWEEN_CUTS) == 0) {
              crashes.add(crash(disk, catalog, promised));
            }
          }
        });
    try (BothTiers tiers = BothTiers.open(disk, catalog, clock)) {
      Map<TopicPartition, NavigableMap<Long, Bytes>> found = readAll(tiers);
      synchronized (promised) {
        promised.values().putAll(found);
      }
      for (int step = 0; step < STEPS; step++) {
        step(tiers, promised);
      }
      disk.fault(DiskFault.NONE);
      crashes.add(crash(disk, catalog, promised));
    }
    return crashes;
  }

  private Path catalogCopy(Crash crash) {
    Path copy = catalog();
    BothTiers.copyCatalog(crash.catalog(), copy);
    return copy;
  }

  private Crash crash(SimulatedDisk disk, Path catalog, Promised promised) {
    Path copy = catalog();
    synchronized (promised) {
      PowerCut cut = disk.cut();
      BothTiers.copyCatalog(catalog, copy);
      return new Crash(cut, copy, promised.copy());
    }
  }

  private void step(BothTiers tiers, Promised promised) {
    TopicPartition id = tiers.topic().partition(random.nextInt(PARTITIONS));
    switch (random.nextInt(10)) {
      case 0 -> tiers.runTiering(true);
      case 1, 2 -> tiers.runTiering(false);
      case 3 -> advanceLogStart(tiers, id, promised);
      case 4 -> tiers.merge(id);
      case 5 -> {
        clock.advance(Duration.ofMinutes(1));
        tiers.maintain();
      }
      default -> append(tiers, id, promised);
    }
  }

  private void append(BothTiers tiers, TopicPartition id, Promised promised) {
    List<StoredRecord> records = new ArrayList<>();
    List<Bytes> texts = new ArrayList<>();
    for (int left = 1 + random.nextInt(20); left > 0; left--) {
      String text = values++ + ":" + "x".repeat(random.nextInt(900));
      texts.add(Bytes.utf8(text));
      records.add(StoredRecord.of(records.size(), 1_000, "k", text));
    }
    long base =
        Await.result(tiers.hot().append(id, TestBatches.content(Compression.ZSTD, records)))
            .baseOffset();
    synchronized (promised) {
      NavigableMap<Long, Bytes> of = promised.values().computeIfAbsent(id, none -> new TreeMap<>());
      for (int i = 0; i < texts.size(); i++) {
        assertThat(of.put(base + i, texts.get(i))).as("offset %d is given once", base + i).isNull();
      }
    }
  }

  private void advanceLogStart(BothTiers tiers, TopicPartition id, Promised promised) {
    long end = tiers.hot().state(id).end();
    long start = tiers.hot().state(id).logStart();
    long now =
        Await.result(
            tiers.hot().advanceLogStart(id, start + random.nextInt((int) (end - start) + 1) / 4));
    synchronized (promised) {
      long unused = promised.logStarts().merge(id, now, Math::max);
    }
  }

  private void check(Crash crash) {
    int image = ++images;
    try (BothTiers tiers =
        BothTiers.open(crash.disk().image(random.nextLong()), catalogCopy(crash), clock)) {
      check(tiers, crash.promised(), false);
      tiers.runTiering(true);
      check(tiers, crash.promised(), true);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("Seed %d, image %d: %s".formatted(seed, image, e.getMessage()), e);
    }
  }

  /**
   * Reads everything.
   *
   * @param tiered whether all of it has to be in the table
   */
  private static void check(BothTiers tiers, Promised promised, boolean tiered) {
    Map<TopicPartition, NavigableMap<Long, Bytes>> found = readAll(tiers);
    promised
        .logStarts()
        .forEach(
            (id, start) ->
                assertThat(tiers.hot().state(id).logStart()).isGreaterThanOrEqualTo(start));
    promised
        .values()
        .forEach(
            (id, values) -> {
              long start = tiers.hot().state(id).logStart();
              assertThat(found.getOrDefault(id, new TreeMap<>()))
                  .as("records of %s from %d on", id, start)
                  .containsAllEntriesOf(values.tailMap(start));
              if (tiered) {
                assertThat(read(tiers, id, start, Tier.COLD)).isEqualTo(found.get(id));
              }
            });
  }

  private static Map<TopicPartition, NavigableMap<Long, Bytes>> readAll(BothTiers tiers) {
    Map<TopicPartition, NavigableMap<Long, Bytes>> all = new HashMap<>();
    tiers
        .topic()
        .partitions()
        .forEach(id -> all.put(id, read(tiers, id, tiers.hot().state(id).logStart(), Tier.HOT)));
    return all;
  }

  /** Everything from {@code from} on: from the hot tier where it has it, or all from the cold. */
  private static NavigableMap<Long, Bytes> read(
      BothTiers tiers, TopicPartition id, long from, Tier first) {
    NavigableMap<Long, Bytes> all = new TreeMap<>();
    long end = tiers.hot().state(id).end();
    long next = from;
    while (next < end) {
      ReadResult answer =
          first == Tier.HOT
              ? Await.result(tiers.hot().read(id, next, 1 << 20))
              : tiers.cold().read(id, next, 1 << 20);
      if (answer instanceof ReadResult.BeforeStart) {
        answer = tiers.cold().read(id, next, 1 << 20);
      }
      if (!(answer instanceof ReadResult.Progress progress)) {
        throw new AssertionError(
            "%s at %d of [.., %d) answers %s".formatted(id, next, end, answer));
      }
      assertThat(progress.lost()).isEmpty();
      for (StoredRecord record : TestBatches.decode(progress.batches())) {
        if (record.offset() >= next) {
          assertThat(all.put(record.offset(), record.value())).isNull();
        }
      }
      next = progress.nextOffset();
    }
    if (from < end) {
      assertThat(all).as("offsets of %s, without a gap", id).hasSize((int) (end - from));
    }
    return all;
  }
}
