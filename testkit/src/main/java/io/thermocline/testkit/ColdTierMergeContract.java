package io.thermocline.testkit;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static io.thermocline.testkit.ColdTierSubject.move;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The part of {@link ColdTierContract} about small files that become larger ones. */
public interface ColdTierMergeContract extends ColdTierSubject {

  /** Merges the partition's files {@code from} up to, but not with, {@code to}. */
  default ColdCommit.Merge merge(TopicPartition id, int from, int to) {
    List<ColdFile> files = partition(id).files().subList(from, to);
    return new ColdCommit.Merge(files, cold().merge(id, files, SETTINGS));
  }

  /** Commits merges with a new id. */
  default ColdTopic commit(TopicPartition id, ColdCommit.Merge... merges) {
    return cold().commit(id.topic(), ColdCommit.ofMerges(UUID.randomUUID(), List.of(merges)));
  }

  @Test
  default void aMergedFileHasTheRecordsOfThoseItReplaces() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 4; file++) {
      tier(id, Records.plain(file * 10L, 10));
    }
    ColdPartition before = partition(id);

    ColdTopic after = commit(id, merge(id, 1, 3));

    ColdPartition partition = after.partition(0);
    assertThat(partition.files())
        .extracting(file -> file.span().range())
        .containsExactly(new OffsetRange(0, 10), new OffsetRange(10, 30), new OffsetRange(30, 40));
    ColdFile merged = partition.files().get(1);
    assertThat(merged.rows()).isEqualTo(20);
    assertThat(merged.span().firstAppendTimeMillis())
        .isEqualTo(before.files().get(1).span().firstAppendTimeMillis());
    assertThat(merged.span().lastAppendTimeMillis())
        .isEqualTo(before.files().get(2).span().lastAppendTimeMillis());
    assertThat(partition.tieredTo()).isEqualTo(40);
    assertThat(partition.logStart()).isZero();
    assertThat(partition.problem()).isEmpty();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 40));
    assertThat(readAll(id, 17, 100)).isEqualTo(Records.plain(17, 23));
    tier(id, Records.plain(40, 5));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 45));
  }

  @Test
  default void mergingKeepsEachRecordWhateverItIsAndEachGap() {
    TopicPartition id = newPartition();
    List<StoredRecord> all = new ArrayList<>();
    Random random = new Random(7);
    long from = 0;
    for (int file = 0; file < 6; file++) {
      List<StoredRecord> records =
          file % 2 == 0
              ? Records.odd(from + file)
              : Records.random(random, from + file, 50, file == 3 ? 5 : 0);
      all.addAll(records);
      tier(id, records);
      from = partition(id).tieredTo() + 3;
      commit(id, move(id, partition(id).tieredTo(), from));
    }

    commit(id, merge(id, 0, 6));

    assertThat(partition(id).files()).hasSize(1);
    assertThat(partition(id).problem()).isEmpty();
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(all);
  }

  @Test
  default void whatARecoveryLeftOutIsPassedBetweenFilesAndInsideAMergedOne() {
    TopicPartition id = newPartition();
    long behind = 10 + (1L << 40);
    tier(id, Records.plain(0, 10));
    commit(id, move(id, 10, behind));
    tier(id, Records.plain(behind, 10));
    tier(id, Records.plain(behind + 10, 5));
    List<StoredRecord> all = new ArrayList<>(Records.plain(0, 10));
    all.addAll(Records.plain(behind, 15));

    for (boolean merged : new boolean[] {false, true}) {
      if (merged) {
        commit(id, merge(id, 0, 3));
        assertThat(partition(id).files()).hasSize(1);
      }
      assertThat(partition(id).problem()).isEmpty();
      assertThat(partition(id).tieredTo()).isEqualTo(behind + 15);
      assertThat(readAll(id, 0, 1 << 20)).isEqualTo(all);
      for (long inside : new long[] {10, 1L << 31, 1L << 39, behind - 1, behind}) {
        assertThat(readAll(id, inside, 1 << 20)).isEqualTo(all.subList(10, 25));
      }
      assertThat(
              cold()
                  .offsetForTimestamp(id, new OffsetRange(0, behind + 15), Records.NOON + 1_000)
                  .orElseThrow()
                  .offset())
          .isEqualTo(behind);
    }
  }

  @Test
  default void oneCommitMergesInSeveralPlaces() {
    TopicPartition id = newPartition();
    TopicPartition second = id.topic().partition(3);
    for (int file = 0; file < 5; file++) {
      tier(id, Records.plain(file * 10L, 10));
      tier(second, Records.plain(file * 10L, 10));
    }

    commit(id, merge(id, 0, 2), merge(id, 2, 4), merge(second, 1, 5));

    assertThat(partition(id).files()).hasSize(3);
    assertThat(partition(second).files()).hasSize(2);
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 50));
    assertThat(readAll(second, 0, 1 << 20)).isEqualTo(Records.plain(0, 50));
  }

  @Test
  default void untilItIsCommittedAMergedFileCountsForNothing() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    tier(id, Records.plain(10, 10));

    assertThat(merge(id, 0, 2).merged().rows()).isEqualTo(20);

    assertThat(partition(id).files()).hasSize(2);
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
  }

  @Test
  default void repeatingAMergeChangesNothingAlsoWhenItsFileWasMergedAgain() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 3; file++) {
      tier(id, Records.plain(file * 10L, 10));
    }
    ColdCommit commit = ColdCommit.ofMerges(UUID.randomUUID(), List.of(merge(id, 0, 2)));
    assertThat(cold().commit(id.topic(), commit).partition(0).files()).hasSize(2);
    assertThat(cold().commit(id.topic(), commit).partition(0).files()).hasSize(2);

    commit(id, merge(id, 0, 2));

    assertThat(cold().commit(id.topic(), commit).partition(0).files()).hasSize(1);
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 30));
  }

  @Test
  default void aMergeOfFilesThatAreNoLongerThereIsAConflict() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 4; file++) {
      tier(id, Records.plain(file * 10L, 10));
    }
    ColdCommit.Merge late = merge(id, 0, 3);
    ColdCommit.Merge doubled = merge(id, 1, 3);
    commit(id, doubled);
    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, late));

    ColdCommit.Merge expired = merge(id, 0, 3);
    commit(id, logStart(id, 40, 15));
    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, expired));

    assertThat(partition(id).files()).hasSize(2);
    assertThat(readAll(id, 15, 1 << 20)).isEqualTo(Records.plain(15, 25));
  }

  @Test
  default void aMergeThatLeavesOutAFileInBetweenIsAConflict() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 3; file++) {
      tier(id, Records.plain(file * 10L, 10));
    }
    List<ColdFile> files = partition(id).files();
    List<ColdFile> apart = List.of(files.get(0), files.get(2));
    ColdCommit.Merge merge = new ColdCommit.Merge(apart, cold().merge(id, apart, SETTINGS));

    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, merge));

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 30));
  }

  @Test
  default void ofSeveralMergesOneThatDoesNotFitRefusesAll() {
    TopicPartition id = newPartition();
    TopicPartition second = id.topic().partition(1);
    for (int file = 0; file < 2; file++) {
      tier(id, Records.plain(file * 10L, 10));
      tier(second, Records.plain(file * 10L, 10));
    }
    ColdCommit.Merge good = merge(id, 0, 2);
    ColdCommit.Merge late = merge(second, 0, 2);
    commit(second, merge(second, 0, 2));

    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, good, late));

    assertThat(partition(id).files()).hasSize(2);
  }

  @Test
  default void aReaderInTheMiddleGoesOnWhereItWas() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 4; file++) {
      tier(id, Records.plain(file * 100L, 100));
    }
    List<StoredRecord> read = new ArrayList<>();
    long next = 0;
    boolean merged = false;
    while (next < 400) {
      ReadResult.Progress step = progress(id, next, 300);
      read.addAll(TestBatches.decode(step.batches()));
      next = step.nextOffset();
      if (next > 150 && !merged) {
        commit(id, merge(id, 0, 4));
        merged = true;
      }
    }

    assertThat(merged).isTrue();
    assertThat(read).isEqualTo(Records.plain(0, 400));
  }

  @Test
  default void retentionDropsAMergedFileOnceItLiesWhollyBelowTheLogStart() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 4; file++) {
      tier(id, Records.plain(file * 10L, 10));
    }
    commit(id, logStart(id, 40, 5));
    commit(id, merge(id, 0, 2));

    commit(id, logStart(id, 40, 19));
    assertThat(partition(id).files()).hasSize(3);
    assertThat(readAll(id, 19, 1 << 20)).isEqualTo(Records.plain(19, 21));

    commit(id, logStart(id, 40, 20));
    assertThat(partition(id).files()).hasSize(2);
  }
}
