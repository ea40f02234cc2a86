package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.GroupOffsets;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything the store of groups' offsets promises. */
public interface GroupOffsetsContract {
  /** A store without groups, made anew for each test. */
  GroupOffsets groups();

  /** The registry that goes with {@link #groups}, without topics. */
  TopicRegistry topics();

  @Test
  default void aGroupNobodyUsedHasNoOffsets() {
    assertThat(groups().offsets("billing")).isEmpty();
  }

  @Test
  default void whatWasCommittedIsThereAndTheRestStays() {
    Topic topic = topics().create("orders", 3);
    Await.result(
        groups().commit("billing", Map.of(topic.partition(0), 5L, topic.partition(1), 7L)));

    Await.result(
        groups().commit("billing", Map.of(topic.partition(1), 8L, topic.partition(2), 0L)));

    assertThat(groups().offsets("billing"))
        .isEqualTo(Map.of(topic.partition(0), 5L, topic.partition(1), 8L, topic.partition(2), 0L));
  }

  @Test
  default void aGroupMayGoBack() {
    TopicPartition id = topics().create("orders", 1).partition(0);
    Await.result(groups().commit("billing", Map.of(id, 50L)));

    Await.result(groups().commit("billing", Map.of(id, 2L)));

    assertThat(groups().offsets("billing")).isEqualTo(Map.of(id, 2L));
  }

  @Test
  default void groupsDoNotSeeEachOther() {
    TopicPartition id = topics().create("orders", 1).partition(0);
    Await.result(groups().commit("billing", Map.of(id, 1L)));
    Await.result(groups().commit("shipping", Map.of(id, 2L)));

    assertThat(groups().offsets("billing")).isEqualTo(Map.of(id, 1L));
    assertThat(groups().offsets("shipping")).isEqualTo(Map.of(id, 2L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", "größe"})
  default void aBadGroupNameIsInvalid(String group) {
    TopicPartition id = topics().create("orders", 1).partition(0);

    Await.fails(ErrorKind.INVALID, () -> groups().commit(group, Map.of(id, 1L)));
  }

  @Test
  default void aCommitWithOnePartThatCannotBeChangesNothing() {
    Topic topic = topics().create("orders", 2);
    Await.result(groups().commit("billing", Map.of(topic.partition(0), 1L)));

    Await.fails(
        ErrorKind.NOT_FOUND,
        () ->
            groups()
                .commit("billing", Map.of(topic.partition(0), 2L, topic.id().partition(2), 2L)));
    Await.fails(
        ErrorKind.INVALID,
        () -> groups().commit("billing", Map.of(topic.partition(0), 2L, topic.partition(1), -1L)));

    assertThat(groups().offsets("billing")).isEqualTo(Map.of(topic.partition(0), 1L));
  }

  @Test
  default void theOffsetsOfADeletedTopicGoWithIt() {
    TopicPartition deleted = topics().create("orders", 1).partition(0);
    TopicPartition kept = topics().create("payments", 1).partition(0);
    Await.result(groups().commit("billing", Map.of(deleted, 5L, kept, 6L)));

    topics().beginDelete(deleted.topic(), false);
    topics().finishDelete(deleted.topic());
    TopicPartition namesake = topics().create("orders", 1).partition(0);

    assertThat(groups().offsets("billing")).isEqualTo(Map.of(kept, 6L));
    Await.fails(ErrorKind.NOT_FOUND, () -> groups().commit("billing", Map.of(deleted, 9L)));
    Await.result(groups().commit("billing", Map.of(namesake, 1L)));
    assertThat(groups().offsets("billing")).isEqualTo(Map.of(kept, 6L, namesake, 1L));
  }
}
