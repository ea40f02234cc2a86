package io.thermocline.cold.table;

import static io.thermocline.testkit.ColdTierSubject.logStart;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.testkit.Await;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableProgressTest {
  private static final TopicId TOPIC = new TopicId(UUID.randomUUID(), "orders");
  private static final TopicPartition ID = TOPIC.partition(0);

  @Test
  void progressComesBackFromProperties() {
    TableProgress progress =
        TableProgress.none(TOPIC, 1)
            .after(commit(move(0, 20, new OffsetRange(5, 7))), 2)
            .after(commit(new ColdCommit.Move(12, 0, 9, 3, List.of(), List.of())), 3);
    Map<String, String> properties = new HashMap<>(progress.toProperties());
    properties.put("owner", "not ours");

    assertThat(TableProgress.of(TOPIC, "t", properties)).isEqualTo(progress);
    assertThat(progress.ownerEpoch()).isEqualTo(3);
    assertThat(progress.partition(7)).isEqualTo(PartitionProgress.NONE);
  }

  @Test
  void whatHasNoFileIsAGapOrLost() {
    PartitionProgress progress = PartitionProgress.NONE.after(move(0, 20, new OffsetRange(5, 7)));

    assertThat(progress.gaps()).containsExactly(new OffsetRange(0, 5), new OffsetRange(7, 20));
    assertThat(progress.lost()).containsExactly(new OffsetRange(5, 7));
    assertThat(progress.format()).isEqualTo("0..20;gaps=0-5,7-20;lost=5-7");
  }

  @Test
  void whatLiesBelowTheLogStartIsForgotten() {
    PartitionProgress progress =
        PartitionProgress.NONE
            .after(move(0, 20, new OffsetRange(5, 7)))
            .after(logStart(ID, 20, 6))
            .after(logStart(ID, 20, 2));

    assertThat(progress.format()).isEqualTo("6..20;gaps=7-20;lost=6-7");
  }

  @Test
  void ofWhatOthersRewroteTheRowsLeftAreNoted() {
    PartitionProgress progress =
        new PartitionProgress(0, 40, List.of(new OffsetRange(0, 3)), List.of())
            .explaining(
                List.of(new OffsetRange(3, 10), new OffsetRange(30, 40)),
                List.of(new OffsetRange(12, 15), new OffsetRange(20, 24)),
                List.of(new OffsetRange(25, 26)));

    assertThat(progress.format()).isEqualTo("0..40;gaps=0-3,26-30;rewritten=10-25:7");
    assertThat(PartitionProgress.parse(progress.format())).isEqualTo(progress);
  }

  @Test
  void anyPropertyThatIsChangedOrRemovedIsDamage() {
    Map<String, String> properties =
        TableProgress.none(TOPIC, 1)
            .after(commit(move(0, 20, new OffsetRange(5, 7))), 1)
            .toProperties();

    for (String key : properties.keySet()) {
      Map<String, String> removed = new HashMap<>(properties);
      removed.remove(key);
      assertDamage(removed);
      Map<String, String> changed = new HashMap<>(properties);
      changed.merge(key, "x", String::concat);
      assertDamage(changed);
    }
    Map<String, String> added = new HashMap<>(properties);
    added.put("thermocline.p.1", "0..5");
    assertDamage(added);
  }

  @Test
  void anotherTopicsTableIsRefused() {
    TopicId namesake = new TopicId(UUID.randomUUID(), TOPIC.name());

    Await.throwsKind(
        ErrorKind.CORRUPT,
        () ->
            assertThat(TableProgress.of(namesake, "t", TableProgress.none(TOPIC, 1).toProperties()))
                .isNull());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "5",
        "-1..5",
        "0..x",
        "0..5;gaps=",
        "0..5;gaps=3",
        "0..5;gaps=4-2",
        "0..5;",
        "0..5;lost=1-2;gaps=1-2",
        "0..99999999999999999999",
        "0..5;rewritten=1-2",
        "0..5;rewritten=1-2:",
        "0..5;rewritten=1-2:1;gaps=3-4",
        "0..5 "
      })
  void whatIsNoProgressIsRefused(String text) {
    assertThatThrownBy(() -> PartitionProgress.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertDamage(Map<String, String> properties) {
    Await.throwsKind(
        ErrorKind.CORRUPT, () -> assertThat(TableProgress.of(TOPIC, "t", properties)).isNull());
  }

  private static ColdCommit commit(ColdCommit.Move move) {
    return new ColdCommit(UUID.randomUUID(), List.of(move));
  }

  private static ColdCommit.Move move(long from, long to, OffsetRange lost) {
    return new ColdCommit.Move(0, from, to, 0, List.of(), List.of(lost));
  }
}
