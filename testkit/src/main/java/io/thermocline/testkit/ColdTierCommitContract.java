package io.thermocline.testkit;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static io.thermocline.testkit.ColdTierSubject.move;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The part of {@link ColdTierContract} about commits, log starts, tables and their end. */
public interface ColdTierCommitContract extends ColdTierSubject {

  /** Whether {@link ColdTier#local} is to give files. */
  default boolean givesLocalFiles() {
    return true;
  }

  @Test
  default void aTopicWithoutACommitHasNoTable() {
    TopicId topic = newTopic();

    assertThat(cold().topic(topic)).isEmpty();
    assertThat(cold().lastKnown(topic)).isEmpty();
    assertThat(cold().tableTaken(topic)).isFalse();
  }

  @Test
  default void aCommitMakesTheTableAndAnswersWithIt() {
    TopicPartition id = newPartition();
    ColdFile file = write(id, new OffsetRange(0, 10), Records.plain(0, 10));

    ColdTopic after = commit(id, move(id, 0, 10, file));

    assertThat(after.topic()).isEqualTo(id.topic());
    assertThat(after.table()).contains("web_orders");
    assertThat(after.location()).isNotBlank();
    ColdPartition partition = after.partition(0);
    assertThat(partition.logStart()).isZero();
    assertThat(partition.tieredTo()).isEqualTo(10);
    assertThat(partition.problem()).isEmpty();
    assertThat(partition.files()).hasSize(1);
    assertThat(partition.files().get(0).span()).isEqualTo(file.span());
    assertThat(partition.files().get(0).rows()).isEqualTo(10);
    assertThat(partition.files().get(0).location()).isEqualTo(file.location());
    assertThat(shown(cold().topic(id.topic()).orElseThrow())).isEqualTo(shown(after));
    assertThat(shown(cold().lastKnown(id.topic()).orElseThrow())).isEqualTo(shown(after));
  }

  @Test
  default void aCommitMovesSeveralPartitionsAtOnce() {
    TopicPartition first = newPartition();
    TopicPartition second = first.topic().partition(5);
    ColdFile one = write(first, new OffsetRange(0, 10), Records.plain(0, 10));
    ColdFile two = write(second, new OffsetRange(0, 4), Records.plain(0, 4));

    commit(first, move(first, 0, 10, one), move(second, 0, 4, two));

    assertThat(readAll(first, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
    assertThat(readAll(second, 0, 1 << 20)).isEqualTo(Records.plain(0, 4));
  }

  @Test
  default void aMoveMayBringSeveralFilesOrNone() {
    TopicPartition id = newPartition();
    ColdFile one = write(id, new OffsetRange(0, 10), Records.plain(0, 10));
    ColdFile two = write(id, new OffsetRange(10, 30), Records.plain(10, 20));

    commit(id, move(id, 0, 35, one, two));
    commit(id, move(id, 35, 50));

    assertThat(partition(id).files()).hasSize(2);
    assertThat(partition(id).tieredTo()).isEqualTo(50);
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 30));
  }

  @Test
  default void theFirstCommitMayBringNoFile() {
    TopicPartition id = newPartition();

    commit(id, move(id, 0, 12));

    assertThat(partition(id).tieredTo()).isEqualTo(12);
    assertThat(readAll(id, 0, 1 << 20)).isEmpty();
    tier(id, Records.plain(12, 3));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(12, 3));
  }

  @Test
  default void aCommitThatDoesNotBeginAtTieredToIsAConflictAndChangesNothing() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    ColdTopic before = cold().topic(id.topic()).orElseThrow();
    ColdFile again = write(id, new OffsetRange(0, 10), Records.plain(0, 10));
    ColdFile further = write(id, new OffsetRange(15, 20), Records.plain(15, 5));

    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, move(id, 0, 10, again)));
    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, move(id, 15, 20, further)));

    assertThat(shown(cold().topic(id.topic()).orElseThrow())).isEqualTo(shown(before));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
  }

  @Test
  default void aFirstCommitThatDoesNotBeginAtZeroIsAConflict() {
    TopicPartition id = newPartition();
    ColdFile file = write(id, new OffsetRange(5, 10), Records.plain(5, 5));

    Await.throwsKind(ErrorKind.CONFLICT, () -> commit(id, move(id, 5, 10, file)));

    assertThat(partition(id).tieredTo()).isZero();
  }

  @Test
  default void oneMoveThatDoesNotFitRefusesTheWholeCommit() {
    TopicPartition good = newPartition();
    TopicPartition bad = good.topic().partition(1);
    tier(bad, Records.plain(0, 10));
    ColdFile one = write(good, new OffsetRange(0, 5), Records.plain(0, 5));
    ColdFile two = write(bad, new OffsetRange(3, 20), Records.plain(3, 17));

    Await.throwsKind(
        ErrorKind.CONFLICT, () -> commit(good, move(good, 0, 5, one), move(bad, 3, 20, two)));

    assertThat(partition(good).tieredTo()).isZero();
    assertThat(partition(bad).tieredTo()).isEqualTo(10);
    assertThat(readAll(bad, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
  }

  @Test
  default void repeatingACommitChangesNothing() {
    TopicPartition id = newPartition();
    ColdFile file = write(id, new OffsetRange(0, 10), Records.plain(0, 10));
    ColdCommit commit = new ColdCommit(UUID.randomUUID(), List.of(move(id, 0, 10, file)));
    ColdTopic first = cold().commit(id.topic(), commit);

    ColdTopic second = cold().commit(id.topic(), commit);

    assertThat(shown(second)).isEqualTo(shown(first));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
  }

  @Test
  default void repeatingAnOldCommitChangesNothingHoweverItIsAnswered() {
    TopicPartition id = newPartition();
    ColdFile file = write(id, new OffsetRange(0, 10), Records.plain(0, 10));
    ColdCommit commit = new ColdCommit(UUID.randomUUID(), List.of(move(id, 0, 10, file)));
    cold().commit(id.topic(), commit);
    tier(id, Records.plain(10, 10));
    ColdTopic before = cold().topic(id.topic()).orElseThrow();

    try {
      cold().commit(id.topic(), commit);
    } catch (ThermoclineException refused) {
      assertThat(refused.kind()).isEqualTo(ErrorKind.CONFLICT);
    }

    assertThat(shown(cold().topic(id.topic()).orElseThrow())).isEqualTo(shown(before));
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
  }

  @Test
  default void ofCommitsThatRaceForTheSameOffsetsOneWins() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    List<ColdFile> files =
        IntStream.range(0, 3)
            .mapToObj(i -> write(id, new OffsetRange(10, 20), Records.plain(10, 10)))
            .toList();

    List<String> outcomes =
        Together.run(files.size(), i -> outcome(() -> commit(id, move(id, 10, 20, files.get(i)))));

    assertThat(outcomes).containsExactlyInAnyOrder("done", "CONFLICT", "CONFLICT");
    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 20));
    assertThat(partition(id).files()).hasSize(2);
  }

  @Test
  default void commitsOfDifferentPartitionsDoNotDisturbEachOther() {
    TopicId topic = newTopic();
    tier(topic.partition(9), Records.plain(0, 1));
    List<TopicPartition> partitions = IntStream.range(0, 4).mapToObj(topic::partition).toList();

    List<String> outcomes =
        Together.run(4, i -> outcome(() -> tier(partitions.get(i), Records.plain(0, 5))));

    assertThat(outcomes).containsOnly("done");
    for (TopicPartition id : partitions) {
      assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 5));
    }
  }

  @Test
  default void theLogStartDropsTheFilesThatLieWhollyBelowIt() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 4; file++) {
      tier(id, Records.plain(file * 10L, 10));
    }

    ColdTopic after = commit(id, logStart(id, 40, 25));

    assertThat(after.partition(0).logStart()).isEqualTo(25);
    assertThat(after.partition(0).tieredTo()).isEqualTo(40);
    assertThat(after.partition(0).files())
        .extracting(file -> file.span().range())
        .containsExactly(new OffsetRange(20, 30), new OffsetRange(30, 40));
    assertThat(cold().read(id, 24, 100)).isEqualTo(new ReadResult.BeforeStart(25));
    assertThat(readAll(id, 25, 1 << 20)).isEqualTo(Records.plain(25, 15));
  }

  @Test
  default void theLogStartAtTieredToDropsEveryFile() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));

    commit(id, logStart(id, 10, 10));

    assertThat(partition(id).files()).isEmpty();
    assertThat(partition(id).tieredTo()).isEqualTo(10);
    assertThat(cold().read(id, 10, 100)).isEqualTo(new ReadResult.AtEnd(10));
    tier(id, Records.plain(10, 5));
    assertThat(readAll(id, 10, 1 << 20)).isEqualTo(Records.plain(10, 5));
  }

  @Test
  default void theLogStartNeverGoesBack() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    commit(id, logStart(id, 10, 8));

    commit(id, logStart(id, 10, 3));

    assertThat(partition(id).logStart()).isEqualTo(8);
  }

  @Test
  default void oneCommitMayAddRowsAndMoveTheLogStart() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    ColdFile file = write(id, new OffsetRange(10, 20), Records.plain(10, 10));

    commit(id, new ColdCommit.Move(0, 10, 20, 12, List.of(file), List.of()));

    assertThat(partition(id).files()).hasSize(1);
    assertThat(readAll(id, 12, 1 << 20)).isEqualTo(Records.plain(12, 8));
  }

  @Test
  default void aTableOfAnotherTopicIsNeitherReadNorWritten() {
    TopicPartition owner = newPartition();
    tier(owner, Records.plain(0, 10));
    TopicPartition namesake = newPartition();
    TopicId alike = new TopicId(UUID.randomUUID(), "Web-Orders");

    assertThat(cold().tableTaken(owner.topic())).isFalse();
    assertThat(cold().tableTaken(namesake.topic())).isTrue();
    assertThat(cold().tableTaken(alike)).isTrue();
    Await.throwsKind(ErrorKind.CORRUPT, () -> cold().topic(namesake.topic()));
    Await.throwsKind(ErrorKind.CORRUPT, () -> cold().read(namesake, 0, 100));
    Await.throwsKind(ErrorKind.CORRUPT, () -> commit(namesake, move(namesake, 0, 5)));
    cold().purge(namesake.topic());
    assertThat(readAll(owner, 0, 1 << 20)).isEqualTo(Records.plain(0, 10));
  }

  @Test
  default void purgeLeavesNothingAndFreesTheName() {
    TopicPartition id = newPartition();
    tier(id, Records.plain(0, 10));
    tier(id, Records.plain(10, 10));

    cold().purge(id.topic());
    cold().purge(id.topic());

    assertThat(cold().topic(id.topic())).isEmpty();
    assertThat(cold().read(id, 0, 100)).isEqualTo(new ReadResult.AtEnd(0));
    TopicPartition namesake = newPartition();
    assertThat(cold().tableTaken(namesake.topic())).isFalse();
    tier(namesake, Records.plain(0, 3));
    assertThat(readAll(namesake, 0, 1 << 20)).isEqualTo(Records.plain(0, 3));
  }

  @Test
  default void purgeOfWhatNeverWasIsHarmless() {
    cold().purge(newTopic());
  }

  @Test
  default void upkeepEndsAndLosesNothing() {
    TopicPartition id = newPartition();
    for (int file = 0; file < 3; file++) {
      tier(id, Records.plain(file * 10L, 10));
    }

    int pieces = 0;
    while (cold().maintain(id.topic())) {
      pieces++;
      assertThat(pieces).as("pieces of upkeep").isLessThan(1_000);
    }

    assertThat(readAll(id, 0, 1 << 20)).isEqualTo(Records.plain(0, 30));
    tier(id, Records.plain(30, 5));
  }

  @Test
  default void aDataFileCanBeHadAsALocalFile() {
    assumeTrue(givesLocalFiles(), "the subject gives no local files");
    TopicPartition id = newPartition();
    ColdFile file = tier(id, Records.plain(0, 100)).partition(0).files().get(0);

    try (ColdTier.LocalFile first = cold().local(file);
        ColdTier.LocalFile second = cold().local(file)) {
      assertThat(first.path()).isRegularFile().hasSize(file.span().bytes());
      assertThat(second.path()).hasSameBinaryContentAs(first.path());
    }
  }

  /** What a table shows, in a form that compares by value. */
  private static Map<Integer, List<Object>> shown(ColdTopic topic) {
    return topic.partitions().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry ->
                    List.of(
                        entry.getValue().logStart(),
                        entry.getValue().tieredTo(),
                        entry.getValue().lost(),
                        entry.getValue().files().stream()
                            .map(file -> file.location() + file.span() + file.rows())
                            .toList())));
  }

  private static String outcome(Runnable commit) {
    try {
      commit.run();
      return "done";
    } catch (ThermoclineException refused) {
      return refused.kind().name();
    }
  }
}
