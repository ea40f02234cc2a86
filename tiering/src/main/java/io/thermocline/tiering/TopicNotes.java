package io.thermocline.tiering;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.PartitionState;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicPartition;
import io.thermocline.tiering.policy.PolicyDocument;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells the cold tier what it is to know of topics, so that they can be brought back without this
 * machine. Thread-safe.
 */
final class TopicNotes {
  private final HotTier hot;
  private final ColdTier cold;

  /** Held by the one who stores policies; nobody waits for it. */
  private final ReentrantLock storing = new ReentrantLock();

  /** The document that was stored last; null when none was. Guarded by {@link #storing}. */
  private String stored;

  TopicNotes(HotTier hot, ColdTier cold) {
    this.hot = hot;
    this.cold = cold;
  }

  /** Tells of a topic as it stands, and of the policies when they changed. */
  void tell(Topic topic, PolicyDocument policies) {
    storePolicies(policies.text());
    Map<String, String> settings = new HashMap<>();
    policies
        .effective(topic.name())
        .settings()
        .forEach(setting -> settings.put(setting.key().path(), setting.value()));
    Map<Integer, TopicNote.Mark> marks = new HashMap<>();
    topic.partitions().forEach(id -> mark(id).ifPresent(mark -> marks.put(id.partition(), mark)));
    cold.note(new TopicNote(topic, settings, marks));
  }

  /** Who finds another at it leaves it to them, and looks again the next time. */
  private void storePolicies(String document) {
    if (!storing.tryLock()) {
      return;
    }
    try {
      if (!document.equals(stored)) {
        cold.notePolicies(document);
        stored = document;
      }
    } finally {
      storing.unlock();
    }
  }

  /** What fails for one partition is told by the pass, which asks it again. */
  private Optional<TopicNote.Mark> mark(TopicPartition id) {
    try {
      PartitionState state = hot.state(id);
      long fence = hot.capabilities().fences() ? hot.fence(id) : 0;
      return Optional.of(new TopicNote.Mark(state.logStart(), state.end(), state.epoch(), fence));
    } catch (ThermoclineException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
