package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.gateway.audit.AuditTotals;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.Quirks;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** An audit of tiers that are whole, and move on while it looks. */
class SystemAuditTest extends OnAuditedTiers {
  @Test
  void findsNothingWhereNothingIsWrongAndCountsWhatItLookedAt() {
    layOut();
    assertThat(audit()).isEqualTo(new AuditTotals(1, 1, 2, 20, hotBytes(), 1, 3, 30, coldBytes()));
    assertThat(damages).isEmpty();
    assertThat(notes).isEmpty();
  }

  @Test
  void aLogWithGapsAndEmptyReadsIsNotWrong() {
    hot = new MemoryHotTier(topics, clock, Quirks.ALL, Runnable::run);
    tiering = new MemoryTiering(topics, hot, cold);
    produce(0, 10);
    tier();
    produce(10, 10);
    tiering.trim(id, 10);
    assertThat(audit().hotRecords()).isGreaterThanOrEqualTo(10);
    assertThat(damages).isEmpty();
  }

  @Test
  void whatIsTieredTrimmedAndExpiredWhileItReadsIsNoLoss() {
    layOut();
    AtomicInteger reads = new AtomicInteger();
    HotTier moving =
        new ForwardingHotTier(hot) {
          @Override
          public CompletableFuture<ReadResult> read(TopicPartition of, long from, int maxBytes) {
            if (reads.getAndIncrement() == 0) {
              produce(40, 5);
              tier();
              tiering.trim(id, 40);
              tiering.expire(id, 12);
            }
            return super.read(of, from, maxBytes);
          }
        };

    assertThat(audit(moving, cold, null).files()).isEqualTo(3);
    assertThat(damages).isEmpty();
  }

  @Test
  void aFileThatWasMergedAwayIsNoLossAndTheNewOneIsReadInstead() {
    layOut();
    Set<String> read = new HashSet<>();
    ColdTier merging =
        damaging(
            Set.of(0L),
            file -> {
              boolean first = read.add(file.location());
              if (first && file.span().range().from() == 0 && file.rows() == 10) {
                merge();
              }
            });

    // The merged file begins at 0 too, and is damaged like the first.
    assertThat(audit(hot, merging, null).files()).isEqualTo(4);
    assertThat(read).hasSize(4);
    assertThat(damages).singleElement().asString().startsWith("t-0 [0, 20): the file does not");
  }

  @Test
  void aFileBelowANewLogStartIsNoLoss() {
    layOut();
    ColdTier expiring = damaging(Set.of(0L, 10L), file -> tiering.expire(id, 13));
    assertThat(audit(hot, expiring, null).files()).isEqualTo(3);
    assertThat(damages).singleElement().asString().startsWith("t-0 [13, 20): the file does not");
  }

  @Test
  void aTopicThatIsDeletedMeanwhileIsNoLoss() {
    layOut();
    HotTier deleting =
        new ForwardingHotTier(hot) {
          @Override
          public CompletableFuture<ReadResult> read(TopicPartition of, long from, int maxBytes) {
            var unused = topics.beginDelete(id.topic(), true);
            return super.read(of, from, maxBytes);
          }
        };
    assertThat(audit(deleting, cold, null).topics()).isEqualTo(1);
    assertThat(damages).isEmpty();
    assertThat(notes).containsExactly("topic 't' was deleted while it was looked at");
  }

  @Test
  void aColdTierThatIsAwayEndsTheAuditRatherThanLookingRight() {
    layOut();
    ColdTier away =
        new ForwardingColdTier(cold) {
          @Override
          public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
            throw new ThermoclineException(ErrorKind.TRANSIENT, "away");
          }
        };
    assertThatThrownBy(() -> audit(hot, away, null)).hasMessage("away");
  }

  private long hotBytes() {
    return ((ReadResult.Progress) Await.result(hot.read(id, 20, 1 << 20)))
        .batches().stream().mapToLong(RecordBatch::sizeInBytes).sum();
  }

  private long coldBytes() {
    return cold.topic(id.topic()).orElseThrow().partition(0).bytes();
  }

  private void merge() {
    List<ColdFile> small = cold.topic(id.topic()).orElseThrow().partition(0).files().subList(0, 2);
    ColdFile merged = cold.merge(id, small, new ColdWriteSettings(Compression.ZSTD));
    var unused =
        cold.commit(
            id.topic(),
            new ColdCommit(
                UUID.randomUUID(), List.of(), List.of(new ColdCommit.Merge(small, merged))));
  }
}
