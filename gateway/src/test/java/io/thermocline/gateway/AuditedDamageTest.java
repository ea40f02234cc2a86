package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.gateway.audit.AuditTotals;
import io.thermocline.model.BatchContent;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.Compression;
import io.thermocline.model.ContentSums;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import io.thermocline.testkit.ToldReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** An audit of tiers that are damaged: what is wrong is named, by its offsets, once. */
class AuditedDamageTest extends OnAuditedTiers {
  @Test
  void offsetsThatNeitherTierHasAreNamed() {
    layOut();
    Await.result(hot.trim(id, 30));
    produce(40, 10);
    Await.result(hot.trim(id, 40));
    assertThat(audit().partitions()).isEqualTo(1);
    assertThat(damages).containsExactly("t-0 [30, 40): neither tier has these offsets");
  }

  @Test
  void aTableAheadOfTheLogIsNamed() {
    layOut();
    ColdFile ahead = file(30, 45);
    commit(new ColdCommit.Move(0, 30, 45, 0, List.of(ahead), List.of()));
    assertThat(audit().partitions()).isEqualTo(1);
    assertThat(damages).singleElement().asString().startsWith("t-0 [40, 45): the table is ahead");
  }

  @Test
  void damagedBatchesAreNamedWhenTheyAreStillDamagedAtASecondLook() {
    layOut();
    AtomicInteger reads = new AtomicInteger();
    HotTier once = damaging(() -> reads.getAndIncrement() == 0);
    assertThat(audit(once, cold, null).batches()).isEqualTo(2);
    assertThat(damages).isEmpty();

    AuditTotals totals = audit(damaging(() -> true), cold, null);
    assertThat(totals.batches()).as("each counted once").isEqualTo(2);
    assertThat(totals.hotRecords()).isEqualTo(20);
    assertThat(damages)
        .anyMatch(line -> line.startsWith("t-0 [20, 30): Bad batch: CRC32C"))
        .anyMatch(line -> line.startsWith("t-0 [30, 40): Bad batch: CRC32C"));
    assertThat(notes).isEmpty();
  }

  @Test
  void itIsSaidFromWhereOnAPartitionIsNotReadWhenTooMuchIsDamaged() {
    for (int i = 0; i < 1_003; i++) {
      Await.result(hot.append(id, TestBatches.content(Compression.NONE, Records.plain(i, 1))));
    }
    HotTier oneByOne =
        new ForwardingHotTier(damaging(() -> true)) {
          @Override
          public CompletableFuture<ReadResult> read(TopicPartition of, long from, int maxBytes) {
            return super.read(of, from, 1);
          }
        };
    assertThat(audit(oneByOne, cold, null).batches()).isEqualTo(1_000);
    assertThat(damages).hasSize(1_000);
    assertThat(notes)
        .containsExactly(
            "t-0: local copies are not read from offset 1000 on: too much before it looks wrong");
  }

  @Test
  void lostRangesOfLocalDiskAreNamed() {
    layOut();
    HotTier damaged =
        new ForwardingHotTier(hot) {
          @Override
          public CompletableFuture<ReadResult> read(TopicPartition of, long from, int maxBytes) {
            return from >= 30
                ? super.read(of, from, maxBytes)
                : CompletableFuture.completedFuture(
                    new ReadResult.Progress(
                        List.of(), 30, List.of(new OffsetRange(Math.max(from, 23), 30))));
          }
        };
    assertThat(audit(damaged, cold, null).batches()).isEqualTo(1);
    assertThat(damages)
        .containsExactly("t-0 [23, 30): the stored bytes of these offsets are damaged");
  }

  @Test
  void aDamagedFileIsNamedByItsOffsets() {
    layOut();
    Set<Long> broken = Set.of(10L);
    assertThat(audit(hot, damaging(broken, file -> {}), null).files()).isEqualTo(3);
    assertThat(damages)
        .singleElement()
        .asString()
        .startsWith("t-0 [10, 20): the file does not exist (memory:");
  }

  @Test
  void whatAnotherEngineReadsOtherwiseIsNamedByItsOffsets() {
    layOut();
    ColdTier files = withFiles();
    ToldReader agreeing = new ToldReader((path, range) -> ours(range));
    assertThat(audit(hot, files, agreeing).files()).isEqualTo(3);
    assertThat(damages).isEmpty();

    ToldReader other =
        new ToldReader(
            (path, range) -> {
              List<ContentSums.Run> runs = new ArrayList<>(ours(range).runs());
              if (range.from() == 10) {
                runs.set(4, new ContentSums.Run(1, 0));
                runs.set(5, new ContentSums.Run(0, 0));
              }
              return new ContentSums(range, runs);
            });
    assertThat(audit(hot, files, other).files()).isEqualTo(3);
    assertThat(damages)
        .singleElement()
        .asString()
        .startsWith("t-0 [14, 16): Told reads other records than we do (memory:");
  }

  @Test
  void aDegradedPartitionIsNamedWithTheOffsetsOfNoFile() {
    layOut();
    cold.degrade(id, "somebody wrote to it");
    assertThat(audit().partitions()).isEqualTo(1);
    assertThat(damages).containsExactly("t-0: somebody wrote to it");
  }

  private ContentSums ours(OffsetRange range) {
    ColdFile file =
        cold.topic(id.topic()).orElseThrow().partition(0).files().stream()
            .filter(each -> each.span().range().equals(range))
            .findFirst()
            .orElseThrow();
    return cold.audit(id.topic(), file, bytes -> {});
  }

  private ColdFile file(long from, long to) {
    RecordBatch batch =
        TestBatches.batch(Compression.NONE, 1, Records.plain(from, (int) (to - from)));
    return cold.write(
            id,
            new OffsetRange(from, to),
            List.of(batch).iterator(),
            new ColdWriteSettings(Compression.ZSTD))
        .orElseThrow();
  }

  void commit(ColdCommit.Move move) {
    var unused = cold.commit(id.topic(), new ColdCommit(UUID.randomUUID(), List.of(move)));
  }

  ColdTier withFiles() {
    return new ForwardingColdTier(cold) {
      @Override
      public LocalFile local(ColdFile file) {
        return new LocalFile() {
          @Override
          public Path path() {
            return Path.of(file.location());
          }

          @Override
          public void close() {}
        };
      }
    };
  }

  /** A hot tier whose batches have a wrong checksum. */
  private HotTier damaging(BooleanSupplier when) {
    UnaryOperator<RecordBatch> damage =
        batch -> {
          BatchContent content = batch.content();
          return new RecordBatch(
              batch.baseOffset(),
              batch.appendTimeMillis(),
              batch.maxTimestampMillis(),
              new BatchContent(
                  content.count(),
                  content.lastOffsetDelta(),
                  content.compression(),
                  content.attributes(),
                  content.baseTimestampMillis(),
                  content.uncompressedBytes(),
                  content.crc32c() + 1,
                  content.payload()));
        };
    return new ForwardingHotTier(hot) {
      @Override
      public CompletableFuture<ReadResult> read(TopicPartition of, long from, int maxBytes) {
        return super.read(of, from, maxBytes)
            .thenApply(
                answer ->
                    answer instanceof ReadResult.Progress progress && when.getAsBoolean()
                        ? new ReadResult.Progress(
                            progress.batches().stream().map(damage).toList(),
                            progress.nextOffset(),
                            progress.lost())
                        : answer);
      }
    };
  }
}
