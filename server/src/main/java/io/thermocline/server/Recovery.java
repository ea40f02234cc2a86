package io.thermocline.server;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.ColdSettings;
import io.thermocline.cold.IcebergColdTier;
import io.thermocline.cold.RecoverableTopic;
import io.thermocline.cold.RecoverableTopic.Fate;
import io.thermocline.cold.RecoverableWarehouse;
import io.thermocline.cold.table.TableTier;
import io.thermocline.cold.table.WarehouseRecovery;
import io.thermocline.hot.directory.HotRestore;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ScratchDirectory;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.server.RecoveryPlan.Revived;
import io.thermocline.server.config.Configuration;
import io.thermocline.tiering.policy.PolicyStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings topics back from a warehouse into an empty data directory. Each step can be repeated, and
 * a run that was broken off is gone on with by the next one:
 *
 * <ol>
 *   <li>a mark with the identity to be, so that a server does not start on half of it
 *   <li>the warehouse's ownership, with the next epoch: from here on nobody else commits
 *   <li>what is there is looked at again, now that it stands still
 *   <li>tables into the catalog; then in each table one commit that leaves offsets out
 *   <li>policies, then the topics in the hot tier, all at once; the mark goes
 * </ol>
 */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final UUID NOBODY = new UUID(0, 0);

  private final ServerSettings settings;
  private final InstantSource clock;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private Recovery(Configuration configuration, InstantSource clock) {
    this.settings = new ServerSettings(configuration);
    this.clock = clock;
  }

  /** A recovery for a server with this configuration. */
  public static Recovery of(Configuration configuration, InstantSource clock) {
    return new Recovery(configuration, clock);
  }

  /** The data directory. */
  public Path directory() {
    return settings.dataDirectory();
  }

  /**
   * What a run would do. Changes nothing.
   *
   * @throws ThermoclineException {@link ErrorKind#FAILED_PRECONDITION} when the data directory is
   *     not empty, and as {@link WarehouseRecovery#find}
   */
  public RecoveryPlan plan() {
    requireEmpty();
    UUID cluster = mark().map(RecoveryMark::cluster).orElse(NOBODY);
    return RecoveryPlan.of(look(), cluster);
  }

  /**
   * Does it.
   *
   * @param skipProblems whether topics that can't be brought back are left where they are; else
   *     they refuse the run before anything is changed
   * @return what was done
   */
  public RecoveryPlan run(boolean skipProblems) {
    requireEmpty();
    RecoverableWarehouse seen = look();
    requireNoProblems(seen, skipProblems);
    var unusedPolicies = seen.policies().map(PolicyStore::parse);
    try (HotRestore hot = HotRestore.take(settings.hotDirectory())) {
      requireEmpty();
      RecoveryMark mark = mark().orElseGet(() -> begin(seen));
      requireSame(mark, seen);
      RecoveryPlan plan;
      if (hot.cluster().isPresent()) {
        // Broken off just before its end: the tables are not to be touched again.
        plan = RecoveryPlan.of(seen, mark.cluster());
      } else {
        plan = tables(mark, skipProblems);
        policies(plan);
        hot.make(mark.cluster(), plan.topics().stream().map(Recovery::restored).toList());
      }
      RecoveryMark.remove(settings.dataDirectory());
      LOG.info(
          "recovered topics={} warehouse={} cluster={}",
          plan.topics().size(),
          seen.location(),
          mark.cluster());
      return plan;
    }
  }

  private RecoverableWarehouse look() {
    try (ScratchDirectory scratch = ScratchDirectory.make("thermocline-recover-");
        WarehouseRecovery warehouse =
            WarehouseRecovery.look(cold(NOBODY), scratch.path(), clock, meters)) {
      return warehouse.find();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RecoveryMark begin(RecoverableWarehouse seen) {
    RecoveryMark mark = new RecoveryMark(UUID.randomUUID(), seen.location(), seen.epoch());
    mark.write(settings.dataDirectory());
    return mark;
  }

  private static void requireSame(RecoveryMark mark, RecoverableWarehouse seen) {
    if (!mark.warehouse().equals(seen.location())) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "A recovery from %s was broken off in this data directory; one from %s needs another"
              .formatted(mark.warehouse(), seen.location()));
    }
  }

  private RecoveryPlan tables(RecoveryMark mark, boolean skipProblems) {
    ColdSettings cold = cold(mark.cluster());
    RecoveryPlan plan;
    try (WarehouseRecovery warehouse = WarehouseRecovery.open(cold, clock, meters)) {
      claim(warehouse, mark);
      RecoverableWarehouse found = warehouse.find();
      requireNoProblems(found, skipProblems);
      for (RecoverableTopic topic : found.topics()) {
        if (topic.fate() != Fate.NOTHING && topic.table().isPresent()) {
          warehouse.register(topic);
        }
      }
      plan = RecoveryPlan.of(found, mark.cluster());
    }
    try (TableTier tier = IcebergColdTier.open(cold, clock, meters)) {
      plan.warehouse().policies().ifPresent(tier::notePolicies);
      for (Revived topic : plan.topics()) {
        leaveOut(tier, topic, mark.cluster());
      }
    }
    return plan;
  }

  private void claim(WarehouseRecovery warehouse, RecoveryMark mark) {
    try {
      warehouse.claim(mark.cluster(), mark.seenEpoch(), clock);
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CONFLICT) {
        throw e;
      }
      throw new ThermoclineException(
          ErrorKind.CONFLICT,
          "%s. To recover all the same, empty %s and begin again"
              .formatted(e.getMessage(), settings.dataDirectory()),
          e);
    }
  }

  /** From here on the offsets are a gap to every reader, and the table goes on behind it. */
  private static void leaveOut(TableTier tier, Revived topic, UUID cluster) {
    TopicId id = topic.topic().id();
    if (topic.found().table().isPresent() && !topic.done()) {
      var unused = tier.commit(id, RecoveryPlan.commit(cluster, topic));
    }
    tier.note(RecoveryPlan.note(topic));
  }

  private void policies(RecoveryPlan plan) {
    if (plan.warehouse().policies().isPresent()) {
      PolicyStore unused =
          PolicyStore.open(settings.tiering().directory(), plan.warehouse().policies().get());
    }
  }

  private static HotRestore.Restored restored(Revived topic) {
    Map<Integer, HotRestore.Start> starts = new HashMap<>();
    topic
        .partitions()
        .forEach(
            part ->
                starts.put(
                    part.number(),
                    new HotRestore.Start(
                        part.logStart(), part.goesOnAt(), part.epoch(), part.fence())));
    return new HotRestore.Restored(topic.topic(), starts);
  }

  private static void requireNoProblems(RecoverableWarehouse seen, boolean skipProblems) {
    List<String> problems =
        RecoveryPlan.problems(seen).stream().map(RecoveryPlan.Problem::toString).toList();
    if (!problems.isEmpty() && !skipProblems) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "Not everything can be brought back, so nothing was changed: %s. With --skip-damaged the others come back without"
              .formatted(String.join("; ", problems)));
    }
  }

  private ColdSettings cold(UUID cluster) {
    return settings.cold(cluster).withoutTakeOver();
  }

  private Optional<RecoveryMark> mark() {
    return RecoveryMark.read(settings.dataDirectory());
  }

  /** Of an empty directory, or one in which a recovery was broken off. */
  private void requireEmpty() {
    Path data = settings.dataDirectory();
    if (!Files.exists(data) || mark().isPresent()) {
      return;
    }
    Optional<Path> inTheWay = files(data).filter(this::isInTheWay).findFirst();
    if (inTheWay.isPresent()) {
      throw new ThermoclineException(
          ErrorKind.FAILED_PRECONDITION,
          "Data directory %s is not empty: it has %s. Topics are brought back into an empty one"
              .formatted(data, inTheWay.get().getFileName()));
    }
  }

  /** The warehouse may lie there, and what an earlier run made before its mark. */
  private boolean isInTheWay(Path file) {
    if (file.equals(settings.hotDirectory())) {
      return files(file).anyMatch(inside -> !inside.getFileName().toString().equals("lock"));
    }
    return !file.equals(settings.dataDirectory().resolve("warehouse"))
        && !file.getFileName().toString().startsWith(RecoveryMark.fileName());
  }

  private static Stream<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
