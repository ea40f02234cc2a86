package io.thermocline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicRegistry;
import io.thermocline.model.TopicRegistry.Deletion;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything a topic registry promises. */
public interface TopicRegistryContract {
  /** A registry without topics, made anew for each test. */
  TopicRegistry topics();

  @Test
  default void aCreatedTopicIsFoundAndListed() {
    Topic topic = topics().create("orders", 3);

    assertThat(topic.name()).isEqualTo("orders");
    assertThat(topic.partitionCount()).isEqualTo(3);
    assertThat(topics().find("orders")).contains(topic);
    assertThat(topics().require("orders")).isEqualTo(topic);
    assertThat(topics().list()).containsExactly(topic);
  }

  @Test
  default void whatWasNeverCreatedIsNotThere() {
    assertThat(topics().find("orders")).isEmpty();
    assertThat(topics().list()).isEmpty();
    assertThat(topics().deletions()).isEmpty();
    Await.throwsKind(ErrorKind.NOT_FOUND, () -> topics().require("orders"));
  }

  @Test
  default void topicsAreListedInTheOrderOfTheirNames() {
    topics().create("payments", 1);
    topics().create("Zebra", 1);
    topics().create("orders", 1);

    assertThat(topics().list())
        .extracting(Topic::name)
        .containsExactly("Zebra", "orders", "payments");
  }

  @Test
  default void eachTopicHasAnIdentityOfItsOwn() {
    UUID first = topics().create("orders", 1).id().uuid();
    UUID second = topics().create("payments", 1).id().uuid();

    assertThat(first).isNotEqualTo(second);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a\\b", "a b", "a\u0000b", "größe", "a:b", "../x"})
  default void aBadNameIsInvalid(String name) {
    Await.throwsKind(ErrorKind.INVALID, () -> topics().create(name, 1));

    assertThat(topics().list()).isEmpty();
  }

  @Test
  default void aNameHas249CharactersAtMost() {
    String longest = "n".repeat(249);

    assertThat(topics().create(longest, 1).name()).isEqualTo(longest);
    Await.throwsKind(ErrorKind.INVALID, () -> topics().create("n".repeat(250), 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  default void aBadPartitionCountIsInvalid(int count) {
    Await.throwsKind(ErrorKind.INVALID, () -> topics().create("orders", count));

    assertThat(topics().find("orders")).isEmpty();
  }

  @Test
  default void aTakenNameIsRefused() {
    Topic topic = topics().create("orders", 1);

    Await.throwsKind(ErrorKind.ALREADY_EXISTS, () -> topics().create("orders", 2));

    assertThat(topics().list()).containsExactly(topic);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Web.Orders", "web-orders", "web_orders", "WEB.ORDERS"})
  default void aNameWhoseTableNameIsTakenIsRefused(String alike) {
    topics().create("web.orders", 1);

    Await.throwsKind(ErrorKind.ALREADY_EXISTS, () -> topics().create(alike, 1));

    assertThat(topics().list()).hasSize(1);
  }

  @Test
  default void aTopicGrowsAndNeverShrinks() {
    Topic topic = topics().create("orders", 2);

    Topic grown = topics().growPartitions(topic.id(), 5);

    assertThat(grown.partitionCount()).isEqualTo(5);
    assertThat(grown.id()).isEqualTo(topic.id());
    assertThat(grown.created()).isEqualTo(topic.created());
    assertThat(topics().find("orders")).contains(grown);
    Await.throwsKind(ErrorKind.INVALID, () -> topics().growPartitions(topic.id(), 4));
    Await.throwsKind(
        ErrorKind.INVALID, () -> topics().growPartitions(topic.id(), Integer.MAX_VALUE));
    assertThat(topics().find("orders")).contains(grown);
  }

  @Test
  default void growingToTheCountThereIsChangesNothing() {
    Topic topic = topics().create("orders", 2);

    assertThat(topics().growPartitions(topic.id(), 2)).isEqualTo(topic);
  }

  @Test
  default void growingWhatIsNotThereIsNotFound() {
    Topic topic = topics().create("orders", 2);
    TopicId namesake = new TopicId(UUID.randomUUID(), "orders");
    TopicId stranger = new TopicId(UUID.randomUUID(), "payments");

    Await.throwsKind(ErrorKind.NOT_FOUND, () -> topics().growPartitions(namesake, 3));
    Await.throwsKind(ErrorKind.NOT_FOUND, () -> topics().growPartitions(stranger, 3));

    assertThat(topics().list()).containsExactly(topic);
  }

  @Test
  default void aDeletionHidesTheTopicAndKeepsItsNameUntilItIsFinished() {
    Topic topic = topics().create("orders", 2);
    Topic other = topics().create("payments", 1);

    Deletion deletion = topics().beginDelete(topic.id(), true);

    assertThat(deletion).isEqualTo(new Deletion(topic, true));
    assertThat(topics().find("orders")).isEmpty();
    assertThat(topics().list()).containsExactly(other);
    assertThat(topics().deletions()).containsExactly(deletion);
    Await.throwsKind(ErrorKind.ALREADY_EXISTS, () -> topics().create("orders", 1));
    Await.throwsKind(ErrorKind.NOT_FOUND, () -> topics().growPartitions(topic.id(), 3));
  }

  @Test
  default void aFinishedDeletionFreesTheNameForAnotherTopic() {
    Topic topic = topics().create("orders", 2);
    topics().beginDelete(topic.id(), false);

    topics().finishDelete(topic.id());

    assertThat(topics().deletions()).isEmpty();
    Topic next = topics().create("orders", 1);
    assertThat(next.id()).isNotEqualTo(topic.id());
    assertThat(topics().find("orders")).contains(next);
  }

  @Test
  default void repeatingTheStepsOfADeletionIsHarmless() {
    Topic topic = topics().create("orders", 2);

    Deletion first = topics().beginDelete(topic.id(), true);
    assertThat(topics().beginDelete(topic.id(), true)).isEqualTo(first);
    assertThat(topics().deletions()).containsExactly(first);
    topics().finishDelete(topic.id());
    topics().finishDelete(topic.id());
    Topic next = topics().create("orders", 1);
    topics().finishDelete(topic.id());

    assertThat(topics().list()).containsExactly(next);
  }

  @Test
  default void deletingWhatIsNotThereIsNotFound() {
    Topic topic = topics().create("orders", 1);
    TopicId namesake = new TopicId(UUID.randomUUID(), "orders");

    Await.throwsKind(ErrorKind.NOT_FOUND, () -> topics().beginDelete(namesake, false));

    assertThat(topics().find("orders")).contains(topic);
  }
}
