package io.thermocline.tiering;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Compression;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicNote;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.FaultSchedule;
import io.thermocline.testkit.FaultyColdTier;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryColdTier;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import io.thermocline.tiering.policy.PolicyDocument;
import io.thermocline.tiering.policy.PolicyStore;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the cold tier is told, so that a topic can be brought back without this machine. */
class TopicNotesTest {
  private final ManualClock clock = ManualClock.start();
  private final MemoryTopics topics = new MemoryTopics(clock);
  private final MemoryHotTier hot = new MemoryHotTier(topics, clock);
  private final MemoryColdTier cold = new MemoryColdTier();
  private final TopicNotes notes = new TopicNotes(hot, cold);

  @Test
  void aNoteHasTheEffectiveSettingsAndWhereEachPartitionStands() {
    Topic topic = topics.create("orders", 2);
    var unused =
        Await.result(
            hot.append(
                topic.partition(1), TestBatches.content(Compression.NONE, Records.plain(0, 7))));
    hot.raiseEpoch(topic.partition(1));
    long unusedFence = Await.result(hot.raiseFence(topic.partition(1), 0, 5));

    notes.tell(topic, policies("tiering: { enabled: true, maxLag: 20m }"));

    TopicNote note = cold.noted(topic.id()).orElseThrow();
    assertThat(note.topic()).isEqualTo(topic);
    assertThat(note.settings())
        .containsEntry("tiering.enabled", "true")
        .containsEntry("tiering.maxLag", "20m")
        .containsEntry("retention.age", "unlimited");
    assertThat(note.mark(0)).isEqualTo(TopicNote.Mark.NONE);
    assertThat(note.mark(1)).isEqualTo(new TopicNote.Mark(0, 7, 1, 5));
  }

  @Test
  void policiesAreStoredWhenTheyChange() {
    Topic topic = topics.create("orders", 1);
    notes.tell(topic, policies("tiering: { enabled: true }"));
    notes.tell(topic, policies("tiering: { enabled: true }"));
    assertThat(cold.policiesNoted()).hasSize(1);
    notes.tell(topic, policies("tiering: { enabled: false }"));
    assertThat(cold.policiesNoted()).hasSize(2);
    assertThat(cold.policiesNoted().get(1)).contains("enabled: false");
  }

  @Test
  void whileOneStoresThePoliciesOthersDoNotWait() {
    Topic slow = topics.create("slow", 1);
    Topic topic = topics.create("orders", 1);
    PolicyDocument policies = policies("tiering: { enabled: true }");
    FaultSchedule<FaultyColdTier.Call> faults = new FaultSchedule<>();
    TopicNotes shared = new TopicNotes(hot, new FaultyColdTier(cold, faults));
    FaultSchedule.Gate storing = faults.hold(FaultyColdTier.Call.NOTE);
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> shared.tell(slow, policies));
    storing.awaitReached();

    Await.result(CompletableFuture.runAsync(() -> shared.tell(topic, policies)));

    assertThat(cold.noted(topic.id())).isPresent();
    assertThat(cold.policiesNoted()).isEmpty();
    storing.open();
    Await.result(first);
    assertThat(cold.policiesNoted()).containsExactly(policies.text());
  }

  private static PolicyDocument policies(String settings) {
    return PolicyStore.parse(Policies.document(settings));
  }
}
