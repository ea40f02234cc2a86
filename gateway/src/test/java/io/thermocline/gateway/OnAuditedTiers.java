package io.thermocline.gateway;

import io.thermocline.gateway.audit.AuditTotals;
import io.thermocline.gateway.audit.AuditWatch;
import io.thermocline.gateway.audit.SystemAudit;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.AuditFinding.Severity;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.Compression;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.SecondReader;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** What the suites of an audit have: a topic in both tiers, and what the audit found. */
abstract class OnAuditedTiers {
  final ManualClock clock = ManualClock.start();

  final MemoryTopics topics = new MemoryTopics(clock);

  final MemoryColdTier cold = new MemoryColdTier();

  MemoryHotTier hot = new MemoryHotTier(topics, clock);

  MemoryTiering tiering = new MemoryTiering(topics, hot, cold);

  final TopicPartition id = topics.create("t", 1).partition(0);

  final List<String> damages = new ArrayList<>();

  final List<String> notes = new ArrayList<>();

  private final AuditWatch watch =
      new AuditWatch() {
        @Override
        public void reading(long bytes) {}

        @Override
        public void progress(AuditTotals soFar) {}

        @Override
        public void found(AuditFinding finding) {
          (finding.severity() == Severity.DAMAGE ? damages : notes).add(finding.toString());
        }
      };

  /**
   * Offsets [0, 20) in the cold tier alone, in two files, [20, 30) in both, [30, 40) in the hot
   * one.
   */
  void layOut() {
    produce(0, 10);
    tier();
    produce(10, 10);
    tier();
    tiering.trim(id, 20);
    produce(20, 10);
    tier();
    produce(30, 10);
  }

  void produce(long from, int count) {
    Await.result(hot.append(id, TestBatches.content(Compression.NONE, Records.plain(from, count))));
    Await.result(hot.seal(id));
  }

  void tier() {
    var unused = tiering.tier(id);
  }

  AuditTotals audit(HotTier seenHot, ColdTier seenCold, SecondReader reader) {
    return new SystemAudit(topics, seenHot, seenCold, reader)
        .run(Optional.empty(), reader != null, watch);
  }

  AuditTotals audit() {
    return audit(hot, cold, null);
  }

  /** Files that begin at these offsets do not exist. */
  ColdTier damaging(Set<Long> broken, Consumer<ColdFile> before) {
    return new ForwardingColdTier(cold) {
      @Override
      public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
        before.accept(file);
        if (broken.contains(file.span().range().from())) {
          throw new ThermoclineException(ErrorKind.CORRUPT, "the file does not exist");
        }
        return super.audit(topic, file, pace);
      }
    };
  }
}
