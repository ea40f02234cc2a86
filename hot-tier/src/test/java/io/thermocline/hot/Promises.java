package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything a tier was asked and has promised: what must be there after a crash, and what may be.
 * Thread-safe, so that a moment of it can be taken while the tier works.
 */
final class Promises {

  /** One topic's life: what was asked for may have happened, what was promised has. */
  private static final class TopicPromise {
    Topic topic;
    int partitionsAsked;
    boolean deletionAsked;
    boolean deleted;
    boolean finishAsked;
    boolean finished;
    final Map<Integer, LogPromise> logs = new HashMap<>();

    TopicPromise(Topic topic) {
      this.topic = topic;
      this.partitionsAsked = topic.partitionCount();
    }

    TopicPromise copy() {
      TopicPromise copy = new TopicPromise(topic);
      copy.partitionsAsked = partitionsAsked;
      copy.deletionAsked = deletionAsked;
      copy.deleted = deleted;
      copy.finishAsked = finishAsked;
      copy.finished = finished;
      logs.forEach((number, log) -> copy.logs.put(number, log.copy()));
      return copy;
    }

    LogPromise log(int partition) {
      return logs.computeIfAbsent(partition, none -> new LogPromise());
    }
  }

  private final Map<TopicId, TopicPromise> topics = new LinkedHashMap<>();
  private final Set<String> created = new HashSet<>();

  /** Each group's place: what was promised last, if anything, and what was asked for since. */
  private final Map<String, Map<TopicPartition, List<Long>>> groups = new HashMap<>();

  synchronized Promises copy() {
    Promises copy = new Promises();
    topics.forEach((id, topic) -> copy.topics.put(id, topic.copy()));
    copy.created.addAll(created);
    groups.forEach(
        (group, places) -> {
          Map<TopicPartition, List<Long>> copied = new HashMap<>();
          places.forEach((partition, offsets) -> copied.put(partition, new ArrayList<>(offsets)));
          copy.groups.put(group, copied);
        });
    return copy;
  }

  /** What readers of the running tier can see has to stay, acknowledged or not. */
  synchronized void see(EmbeddedHotTier tier) {
    for (TopicPromise topic : topics.values()) {
      topic.logs.forEach(
          (number, log) -> {
            try {
              log.see(tier.state(topic.topic.partition(number)).end());
            } catch (ThermoclineException e) {
              assertThat(e.kind()).isIn(ErrorKind.NOT_FOUND, ErrorKind.TRANSIENT);
            }
          });
    }
  }

  /** Whether that name was not asked for before. */
  synchronized boolean askTopic(String name) {
    return created.add(name);
  }

  /**
   * It was refused and must never be there.
   *
   * @param first whether it was not asked for before; else that may still have happened
   */
  synchronized void refuseTopic(String name, boolean first) {
    if (first) {
      created.remove(name);
    }
  }

  synchronized void acknowledge(Topic topic) {
    topics.computeIfAbsent(topic.id(), id -> new TopicPromise(topic)).topic = topic;
  }

  /** How many may have been there before. */
  synchronized int askPartitions(TopicId id, int count) {
    int before = topics.get(id).partitionsAsked;
    topics.get(id).partitionsAsked = count;
    return before;
  }

  /** No more than there may have been before. */
  synchronized void refusePartitions(TopicId id, int before) {
    topics.get(id).partitionsAsked = before;
  }

  synchronized void askDeletion(TopicId id) {
    topics.get(id).deletionAsked = true;
  }

  synchronized void acknowledgeDeletion(TopicId id) {
    topics.get(id).deleted = true;
  }

  synchronized void askFinish(TopicId id) {
    topics.get(id).finishAsked = true;
  }

  synchronized void acknowledgeFinish(TopicId id) {
    topics.get(id).finished = true;
  }

  /** Something to say about one log. */
  interface LogNote {
    void about(LogPromise log);
  }

  synchronized void note(TopicPartition id, LogNote note) {
    note.about(topics.get(id.topic()).log(id.partition()));
  }

  synchronized void askPlace(String group, TopicPartition partition, long offset) {
    groups
        .computeIfAbsent(group, none -> new HashMap<>())
        .computeIfAbsent(partition, none -> new ArrayList<>(List.of(-1L)))
        .add(offset);
  }

  /** The last that was asked for must never be there. */
  synchronized void refusePlace(String group, TopicPartition partition) {
    List<Long> allowed = groups.get(group).get(partition);
    long unused = allowed.remove(allowed.size() - 1);
  }

  synchronized void acknowledgePlace(String group, TopicPartition partition, long offset) {
    groups.get(group).put(partition, new ArrayList<>(List.of(offset)));
  }

  /** Fails unless the tier keeps all of it; what it shows is promised from here on. */
  synchronized Promises check(EmbeddedHotTier tier) {
    Promises found = new Promises();
    TopicRegistry registry = tier.topics();
    for (TopicPromise topic : topics.values()) {
      checkTopic(tier, topic, found);
    }
    for (Topic listed : registry.list()) {
      if (!found.topics.containsKey(listed.id())) {
        assertThat(created).contains(listed.id().name());
        assertThat(topics).doesNotContainKey(listed.id());
        TopicPromise fresh = new TopicPromise(listed);
        listed
            .partitions()
            .forEach(id -> fresh.logs.put(id.partition(), new LogPromise().check(tier, id)));
        found.topics.put(listed.id(), fresh);
      }
    }
    groups.forEach((group, places) -> checkGroup(tier, group, places, found));
    return found;
  }

  private static void checkTopic(EmbeddedHotTier tier, TopicPromise promise, Promises found) {
    TopicId id = promise.topic.id();
    Optional<Topic> live = tier.topics().find(id.name()).filter(topic -> topic.id().equals(id));
    boolean deleting =
        tier.topics().deletions().stream().anyMatch(deletion -> deletion.topic().id().equals(id));
    assertThat(live.isPresent() && deleting).as("%s is both", id).isFalse();
    if (live.isEmpty() && !deleting) {
      assertThat(promise.finishAsked).as("%s is gone", id).isTrue();
      return;
    }
    assertThat(promise.finished).as("%s is there again", id).isFalse();
    TopicPromise now = new TopicPromise(live.orElse(promise.topic));
    found.topics.put(id, now);
    if (deleting) {
      assertThat(promise.deletionAsked).as("%s is being deleted", id).isTrue();
      now.deletionAsked = true;
      now.deleted = true;
      return;
    }
    assertThat(promise.deleted).as("%s is live again", id).isFalse();
    assertThat(live.get().partitionCount())
        .isBetween(promise.topic.partitionCount(), promise.partitionsAsked);
    live.get()
        .partitions()
        .forEach(
            partition ->
                now.logs.put(
                    partition.partition(),
                    promise.log(partition.partition()).check(tier, partition)));
  }

  private static void checkGroup(
      EmbeddedHotTier tier, String group, Map<TopicPartition, List<Long>> places, Promises found) {
    Map<TopicPartition, Long> stored = tier.groupOffsets().offsets(group);
    Map<TopicPartition, List<Long>> now = new HashMap<>();
    places.forEach(
        (partition, allowed) -> {
          TopicPromise topic = found.topics.get(partition.topic());
          if (topic == null || topic.deleted) {
            return; // Forgotten, or about to be.
          }
          long offset = stored.getOrDefault(partition, -1L);
          if (!allowed.contains(offset)) {
            fail("group %s at %s of %s, not one of %s", group, offset, partition, allowed);
          }
          now.put(partition, new ArrayList<>(List.of(offset)));
        });
    found.groups.put(group, now);
  }

  /** Topics that are promised and not being deleted. */
  synchronized List<Topic> live() {
    return topics.values().stream()
        .filter(topic -> !topic.deletionAsked)
        .map(topic -> topic.topic)
        .toList();
  }

  /** Topics whose deletion is promised and not finished. */
  synchronized List<TopicId> deleting() {
    return topics.values().stream()
        .filter(topic -> topic.deleted && !topic.finished)
        .map(topic -> topic.topic.id())
        .toList();
  }

  synchronized long end(TopicPartition id) {
    return topics.get(id.topic()).log(id.partition()).end();
  }
}
