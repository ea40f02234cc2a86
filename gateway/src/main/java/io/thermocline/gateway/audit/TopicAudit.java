package io.thermocline.gateway.audit;

import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.SecondReader;
import io.thermocline.model.Span;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Audits one topic: what local disk has of it, what the table has, and the seam. Used once. */
final class TopicAudit {
  private final Topic topic;
  private final HotTier hot;
  private final ColdTier cold;
  private final Optional<SecondReader> second;
  private final Round round;

  TopicAudit(Topic topic, HotTier hot, ColdTier cold, Optional<SecondReader> second, Round round) {
    this.topic = topic;
    this.hot = hot;
    this.cold = cold;
    this.second = second;
    this.round = round;
  }

  void run() {
    Map<TopicPartition, Long> keptFrom = new HashMap<>();
    for (TopicPartition id : topic.partitions().toList()) {
      keptFrom.put(id, readLocalCopies(id));
    }
    Optional<ColdTopic> table;
    try {
      table = cold.fresh(topic.id());
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      round.watch().damage(topic.name(), e.getMessage());
      return;
    }
    table.ifPresent(unused -> round.count(round.totals().plusTable()));
    for (TopicPartition id : topic.partitions().toList()) {
      ColdPartition inTable = readable(id, table);
      checkSeam(id, keptFrom.get(id), inTable);
      new ColdReading(id, cold, second, this::lookAgain, round).run(inTable);
    }
  }

  /** The partition as the table has it now, with what both tiers know of its log start. */
  private ColdPartition lookAgain(TopicPartition id) {
    return readable(id, cold.fresh(topic.id()));
  }

  private ColdPartition readable(TopicPartition id, Optional<ColdTopic> table) {
    long logStart = hot.state(id).logStart();
    ColdPartition now =
        table
            .map(found -> found.partition(id.partition()))
            .orElseGet(() -> ColdPartition.empty(id.partition()));
    return new ColdPartition(
        now.partition(),
        Math.max(logStart, now.logStart()),
        now.tieredTo(),
        now.files().stream().filter(file -> file.span().range().to() > logStart).toList(),
        now.lost().stream().filter(lost -> lost.to() > logStart).toList(),
        now.problem());
  }

  /** Returns the offset from which on local disk had all there was, when the reading began. */
  private long readLocalCopies(TopicPartition id) {
    PartitionState state = hot.state(id);
    HotReading reading = new HotReading(hot, id, round);
    try {
      List<Suspicion> suspicions =
          new ArrayList<>(reading.of(new OffsetRange(state.hotStart(), state.end())));
      long keptFrom = reading.keptFrom();
      if (reading.readTo() < state.end()) {
        round
            .watch()
            .note(
                id,
                "",
                "local copies are not read from offset %d on: too much before it looks wrong"
                    .formatted(reading.readTo()));
      }
      suspicions.addAll(holes(id, state));
      suspicions.forEach(suspicion -> tellIfStillSo(id, reading, suspicion));
      return keptFrom;
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.LOG_FAILED && e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      round.watch().damage(id, "", e.getMessage());
      return state.hotStart();
    }
  }

  /** Offsets between the files of local disk. */
  private List<Suspicion> holes(TopicPartition id, PartitionState state) {
    List<Suspicion> holes = new ArrayList<>();
    Optional<OffsetRange> before = Optional.empty();
    for (Span span : hot.spans(id)) {
      long expected = before.map(OffsetRange::to).orElse(span.range().from());
      if (span.range().from() != expected && span.range().from() < state.end()) {
        holes.add(
            new Suspicion(
                new OffsetRange(
                    Math.min(expected, span.range().from()),
                    Math.max(expected, span.range().from())),
                "",
                "the files on local disk have a gap, or share offsets, here"));
      }
      before = Optional.of(span.range());
    }
    return holes;
  }

  private void tellIfStillSo(TopicPartition id, HotReading reading, Suspicion suspicion) {
    PartitionState now = hot.state(id);
    long from = Math.max(suspicion.offsets().from(), now.hotStart());
    long to = Math.min(suspicion.offsets().to(), now.end());
    if (from >= to) {
      return;
    }
    OffsetRange left = new OffsetRange(from, to);
    List<Suspicion> again = new ArrayList<>(reading.of(left));
    again.addAll(holes(id, now));
    again.stream()
        .filter(each -> each.problem().equals(suspicion.problem()))
        .map(each -> each.offsets().intersect(left))
        .filter(offsets -> !offsets.isEmpty())
        .forEach(offsets -> round.watch().damage(id, offsets, "", suspicion.problem()));
  }

  /** Both tiers together have every offset, and the table has none that the log does not. */
  private void checkSeam(TopicPartition id, long keptFrom, ColdPartition inTable) {
    PartitionState after = hot.state(id);
    if (inTable.tieredTo() > after.end()) {
      round
          .watch()
          .damage(
              id,
              new OffsetRange(after.end(), inTable.tieredTo()),
              "",
              "the table is ahead of the log, which would give these offsets again");
    }
    long covered = Math.max(inTable.tieredTo(), Math.max(after.logStart(), inTable.logStart()));
    if (covered < keptFrom) {
      round
          .watch()
          .damage(id, new OffsetRange(covered, keptFrom), "", "neither tier has these offsets");
    }
  }
}
