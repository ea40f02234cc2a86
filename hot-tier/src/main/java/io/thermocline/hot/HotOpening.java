package io.thermocline.hot;

import io.micrometer.core.instrument.MeterRegistry;
import io.thermocline.hot.directory.Checkpoint;
import io.thermocline.hot.directory.DataDirectory;
import io.thermocline.hot.directory.JournalledBatches;
import io.thermocline.hot.directory.Metadata;
import io.thermocline.hot.directory.Metadata.TopicEntry;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskReserve;
import io.thermocline.hot.groups.GroupOffsetsFile;
import io.thermocline.hot.journal.Journal;
import io.thermocline.hot.producers.KnownProducers;
import io.thermocline.hot.producers.LogId;
import io.thermocline.hot.producers.ProducerCensus;
import io.thermocline.hot.producers.ProducersFile;
import io.thermocline.hot.read.OpenSegments;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of an open hot tier, put together in order; when one fails, those before it close. */
record HotOpening(
    LogEnvironment env,
    HotThreads threads,
    MetadataFile metadata,
    Logs logs,
    GroupOffsetsFile groups,
    FoundDamage damage,
    ProducerNotes notes,
    Upkeep upkeep) {

  private static final Logger LOG = LoggerFactory.getLogger(HotOpening.class);

  static HotOpening open(
      HotSettings settings, InstantSource clock, MeterRegistry meters, Disk disk) {
    return open(settings, clock, System::nanoTime, meters, disk, HotThreads::of);
  }

  /**
   * Opens the parts.
   *
   * @param nanoTime steady, as {@link System#nanoTime}
   * @param threadsOf makes the threads, once the directory is taken
   */
  static HotOpening open(
      HotSettings settings,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry meters,
      Disk disk,
      Function<HotSettings, HotThreads> threadsOf) {
    HotMetrics metrics = new HotMetrics(meters);
    DataDirectory directory = DataDirectory.take(disk, settings.directory());
    HotThreads threads = threadsOf.apply(settings);
    OpenSegments segments = new OpenSegments(disk, settings.maxOpenFiles(), metrics.failedChores);
    try {
      DiskReserve reserve = new DiskReserve(disk, directory.root(), settings.minFreeBytes());
      reserve.look();
      Checkpoint checkpoint = Checkpoint.open(disk, directory.checkpoint());
      Logs logs = new Logs();
      LogMarks marks = new LogMarks(logs, checkpoint, metrics);
      Journal journal =
          new Journal(
              disk,
              directory.root(),
              settings.journalBytes(),
              reserve::hasRoomFor,
              meters,
              threads.journal(),
              new JournalCheckpoint(threads.checkpoints(), marks, metrics));
      LogEnvironment env =
          new LogEnvironment(
              settings,
              disk,
              directory,
              segments,
              reserve,
              metrics,
              clock,
              journal,
              new WayToDisk(settings.journalMinLogs()),
              new ProducerCensus(settings.producers(), metrics.producers, nanoTime),
              threads.writers());
      return open(env, threads, checkpoint, logs, marks);
    } catch (IOException | RuntimeException e) {
      threads.close();
      segments.close();
      closeQuietly(directory, e);
      if (e instanceof ThermoclineException failure) {
        throw failure;
      }
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Data directory %s can't be opened: %s".formatted(settings.directory(), e),
          e);
    }
  }

  private static void closeQuietly(DataDirectory directory, Exception cause) {
    try {
      directory.close();
    } catch (ThermoclineException e) {
      cause.addSuppressed(e);
    }
  }

  private static HotOpening open(
      LogEnvironment env, HotThreads threads, Checkpoint checkpoint, Logs logs, LogMarks marks)
      throws IOException {
    MetadataFile metadata = MetadataFile.open(env.disk(), env.directory().metadata());
    ProducersFile producers =
        new ProducersFile(
            env.disk(),
            env.directory().producers(),
            env.settings().producers(),
            () -> topics(metadata.current()));
    JournalledBatches journalled =
        JournalledBatches.read(
            env.disk(),
            env.directory(),
            checkpoint::mark,
            torn -> LOG.info("A frame of the journal is not whole and is stepped over: {}", torn));
    recover(env, metadata, checkpoint, journalled, producers.read(env.census()), logs);
    checkpoint.store(logs::marks);
    journalled.delete();
    GroupOffsetsFile groups =
        GroupOffsetsFile.open(
            env.disk(),
            env.directory().groups(),
            env.writers(),
            topic -> metadata.current().find(topic).isPresent(),
            partition -> {
              PartitionLog unused = logs.require(partition);
            });
    FoundDamage damage = new FoundDamage(metadata, env.metrics(), threads.chores());
    ProducerNotes notes = new ProducerNotes(producers);
    Upkeep upkeep = new Upkeep(env, threads, logs, groups, marks, notes, damage);
    upkeep.start();
    return new HotOpening(env, threads, metadata, logs, groups, damage, notes, upkeep);
  }

  private static Set<UUID> topics(Metadata metadata) {
    return metadata.entries().stream()
        .filter(entry -> entry.deletion().isEmpty())
        .map(entry -> entry.topic().id().uuid())
        .collect(Collectors.toSet());
  }

  /**
   * The journal and a plan for each log, then one change of the metadata, then the changes to
   * files.
   */
  private static void recover(
      LogEnvironment env,
      MetadataFile metadata,
      Checkpoint checkpoint,
      JournalledBatches journalled,
      Map<LogId, KnownProducers> producers,
      Logs logs) {
    Metadata before = metadata.current();
    Map<TopicPartition, CompletableFuture<LogRecovery.Plan>> plans = new LinkedHashMap<>();
    for (TopicEntry entry : before.entries()) {
      if (entry.deletion().isEmpty()) {
        entry
            .topic()
            .partitions()
            .forEach(
                id -> {
                  Optional<Checkpoint.Mark> mark = checkpoint.mark(LogId.of(id));
                  KnownProducers known = producers.get(LogId.of(id));
                  LogRecovery recovery =
                      new LogRecovery(
                          id,
                          env,
                          entry.partition(id.partition()),
                          mark,
                          journalled,
                          new ProducerRecovery(
                              env, Optional.ofNullable(known), metadata.knowsProducers()));
                  plans.put(id, async(env, recovery::plan));
                });
      }
    }
    Metadata planned = before;
    for (Map.Entry<TopicPartition, CompletableFuture<LogRecovery.Plan>> plan : plans.entrySet()) {
      LogRecovery.Plan made = Waiting.on(plan.getValue());
      if (!made.entry().equals(before.partition(plan.getKey()))) {
        planned = planned.with(plan.getKey(), entry -> made.entry());
      }
    }
    Metadata after = planned;
    Metadata unused = metadata.change(current -> after);
    List<CompletableFuture<PartitionLog>> opened =
        plans.values().stream().map(plan -> async(env, Waiting.on(plan)::apply)).toList();
    opened.forEach(log -> logs.add(Waiting.on(log)));
  }

  private static <T> CompletableFuture<T> async(LogEnvironment env, Callable<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        env.writers());
  }
}
