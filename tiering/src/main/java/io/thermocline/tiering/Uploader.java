package io.thermocline.tiering;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import io.thermocline.tiering.PartitionPlan.Expiry;
import io.thermocline.tiering.PartitionPlan.FilePlan;
import io.thermocline.tiering.policy.TopicPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the files of a plan and puts together the one commit that makes them visible. A partition
 * whose file fails keeps what came before; the others go on.
 */
final class Uploader {
  private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);

  /** After so many failures for want of the store the rest is left for the next pass. */
  private static final int MAX_STORE_FAILURES = 3;

  private static final Set<ErrorKind> STORE_AWAY =
      Set.of(
          ErrorKind.TRANSIENT,
          ErrorKind.DEADLINE_EXCEEDED,
          ErrorKind.EXHAUSTED,
          ErrorKind.FAILED_PRECONDITION);

  private final HotTier hot;
  private final ColdTier cold;
  private final PassLimits limits;
  private final TieringMetrics metrics;
  private final TopicPolicy policy;
  private final Map<Integer, String> failedBefore;
  private final List<ColdCommit.Move> moves = new ArrayList<>();
  private final Map<Integer, Expiry> expiries = new HashMap<>();
  private final Map<Integer, String> failures = new HashMap<>();
  private final Map<Integer, String> untried = new HashMap<>();
  private int uploads;
  private int storeFailures;

  Uploader(
      HotTier hot,
      ColdTier cold,
      PassLimits limits,
      TieringMetrics metrics,
      TopicPolicy policy,
      Map<Integer, String> failedBefore) {
    this.hot = hot;
    this.cold = cold;
    this.limits = limits;
    this.metrics = metrics;
    this.policy = policy;
    this.failedBefore = failedBefore;
  }

  /** Uploads what the plan asks of a partition, and adds its move to the commit. */
  void add(PartitionPlan plan) {
    PartitionView view = plan.view();
    List<ColdFile> files = new ArrayList<>();
    List<OffsetRange> lost = new ArrayList<>();
    String before = failedBefore.get(view.id().partition());
    if (before != null && policy.tiering().enabled() && view.lagBytes() > 0) {
      untried.put(view.id().partition(), before);
    }
    long from = view.cold().tieredTo();
    long reached = from;
    for (FilePlan file : plan.files()) {
      if (storeFailures >= MAX_STORE_FAILURES || !upload(view, file, files, lost)) {
        break;
      }
      reached = file.range().to();
    }
    long logStart =
        Math.max(view.logStart(), plan.expiry().map(Expiry::logStart).orElse(view.logStart()));
    boolean deletes = logStart > view.cold().logStart() && deletesInTable(view, plan);
    if (reached > from || deletes) {
      long to = deletes ? Math.max(reached, logStart) : reached;
      moves.add(new ColdCommit.Move(view.id().partition(), from, to, logStart, files, lost));
      plan.expiry().ifPresent(expiry -> expiries.put(view.id().partition(), expiry));
    }
  }

  /** Whether a log start has to be in the table before it counts. */
  private boolean deletesInTable(PartitionView view, PartitionPlan plan) {
    return view.inTable() || (policy.tiering().enabled() && plan.expiry().isPresent());
  }

  private boolean upload(
      PartitionView view, FilePlan file, List<ColdFile> files, List<OffsetRange> lost) {
    untried.remove(view.id().partition());
    try {
      limits.shutdown().check();
      HotBatches batches = new HotBatches(hot, view.id(), file.range(), limits);
      Optional<ColdFile> written =
          cold.write(
              view.id(),
              file.range(),
              batches,
              new ColdWriteSettings(policy.tiering().compression()));
      lost.addAll(batches.lostToTheEnd());
      written.ifPresent(files::add);
      uploads++;
      return true;
    } catch (ThermoclineException e) {
      failed(view, file, e.kind(), e);
    } catch (RuntimeException e) {
      failed(view, file, ErrorKind.INTERNAL, e);
    }
    return false;
  }

  private void failed(PartitionView view, FilePlan file, ErrorKind kind, RuntimeException cause) {
    TopicReader.requireTopic(hot, view.id());
    storeFailures += STORE_AWAY.contains(kind) ? 1 : 0;
    metrics.failed("upload", kind);
    failures.put(
        view.id().partition(), "tiering %s failed: %s".formatted(file.range(), cause.getMessage()));
    LOG.warn("upload failed partition={} range={} kind={}", view.id(), file.range(), kind, cause);
  }

  /** What could not be uploaded, by partition. */
  Map<Integer, String> failures() {
    return failures;
  }

  /** What could not be uploaded before, and was not tried again. */
  Map<Integer, String> untried() {
    return untried;
  }

  /** Whether it was for want of the store that not a single file could be uploaded. */
  boolean isStoreAway() {
    return storeFailures > 0 && uploads == 0;
  }

  /** Empty when there is nothing to commit. */
  Optional<PendingCommit> commit() {
    return moves.isEmpty()
        ? Optional.empty()
        : Optional.of(new PendingCommit(new ColdCommit(UUID.randomUUID(), moves), expiries));
  }
}
