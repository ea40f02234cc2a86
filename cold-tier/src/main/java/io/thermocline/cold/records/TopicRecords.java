package io.thermocline.cold.records;

import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The records of a warehouse, {@code _thermocline/topics/<topic id>-<owner epoch>.json} and {@code
 * _thermocline/policies-<owner epoch>.yaml}. Each owner writes under its own epoch, and of one
 * topic's records the one with the highest epoch counts: so an owner that is owner no more can
 * write as it likes. Who writes removes the older ones. Thread-safe.
 */
public final class TopicRecords {
  private static final String TOPICS = "_thermocline/topics/";
  private static final Pattern TOPIC =
      Pattern.compile(
          Pattern.quote(TOPICS)
              + "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9]{1,18})\\.json");
  private static final String POLICIES = "_thermocline/policies-";
  private static final Pattern POLICY =
      Pattern.compile(Pattern.quote(POLICIES) + "([0-9]{1,18})\\.yaml");

  /** Room for 10,000 partitions several times over. */
  private static final int MAX_RECORD_BYTES = 16 << 20;

  private static final int MAX_POLICY_BYTES = 2 << 20;

  private final ObjectStore store;

  /**
   * Over the warehouse {@code store} shows.
   *
   * @param store stays the caller's
   */
  public TopicRecords(ObjectStore store) {
    this.store = store;
  }

  /**
   * The record of a topic that counts; empty when there is none.
   *
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when it is damaged, {@link
   *     ErrorKind#FAILED_PRECONDITION} when a newer version wrote it
   */
  public Optional<TopicRecord> find(UUID topic) {
    OptionalLong newest = epochs(topic).stream().mapToLong(epoch -> epoch).max();
    return newest.isPresent() ? Optional.of(read(topic, newest.getAsLong())) : Optional.empty();
  }

  /** The topics that there are records of, with the highest epoch of each. */
  public Map<UUID, Long> list() {
    Map<UUID, Long> newest = new TreeMap<>();
    store.list(
        TOPICS,
        object -> {
          Matcher name = TOPIC.matcher(object.key());
          if (name.matches()) {
            Long unused =
                newest.merge(
                    UUID.fromString(name.group(1)), Long.parseLong(name.group(2)), Math::max);
          }
          return true;
        });
    return newest;
  }

  /** The record that an owner wrote of a topic. */
  public TopicRecord read(UUID topic, long epoch) {
    String key = key(topic, epoch);
    TopicRecord record =
        TopicRecordJson.parse(store.get(key, MAX_RECORD_BYTES), store.location(key));
    if (record.epoch() != epoch || !record.topic().id().uuid().equals(topic)) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "Topic record %s is that of topic %s, epoch %d: it was moved or copied"
              .formatted(store.location(key), record.topic().id().uuid(), record.epoch()));
    }
    return record;
  }

  /**
   * Writes a record, with one request.
   *
   * @param replaced what the caller knows to be stored now, by {@link #find}; what an earlier owner
   *     wrote goes afterwards
   */
  public void write(TopicRecord record, Optional<TopicRecord> replaced) {
    UUID topic = record.topic().id().uuid();
    store.put(key(topic, record.epoch()), TopicRecordJson.toBytes(record));
    if (replaced.isPresent() && replaced.get().epoch() < record.epoch()) {
      removeOlder(topic, record.epoch());
    }
  }

  /**
   * Removes the records of a topic that an owner wrote, and those of earlier ones: what a later
   * owner wrote is not its to remove. Harmless when there is none.
   *
   * @param epoch the owner's
   */
  public void remove(UUID topic, long epoch) {
    removeOlder(topic, epoch + 1);
  }

  private void removeOlder(UUID topic, long epoch) {
    store.deleteAll(
        epochs(topic).stream()
            .filter(older -> older < epoch)
            .map(older -> key(topic, older))
            .toList());
  }

  /** The policies that the last owner who kept any had in force; empty when none were kept. */
  public Optional<String> policies() {
    OptionalLong newest = policyEpochs().stream().mapToLong(epoch -> epoch).max();
    return newest.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new String(
                store.get(policyKey(newest.getAsLong()), MAX_POLICY_BYTES),
                StandardCharsets.UTF_8));
  }

  /** Writes the policies in force, and removes those of earlier owners. */
  public void writePolicies(long epoch, String document) {
    store.put(policyKey(epoch), document.getBytes(StandardCharsets.UTF_8));
    store.deleteAll(
        policyEpochs().stream()
            .filter(older -> older < epoch)
            .map(TopicRecords::policyKey)
            .toList());
  }

  private List<Long> epochs(UUID topic) {
    return epochs(TOPICS + topic + "-", TOPIC, 2);
  }

  private List<Long> policyEpochs() {
    return epochs(POLICIES, POLICY, 1);
  }

  private List<Long> epochs(String prefix, Pattern pattern, int group) {
    List<Long> epochs = new ArrayList<>();
    store.list(
        prefix,
        object -> {
          Matcher name = pattern.matcher(object.key());
          if (name.matches()) {
            epochs.add(Long.parseLong(name.group(group)));
          }
          return true;
        });
    return epochs;
  }

  private static String key(UUID topic, long epoch) {
    return TOPICS + topic + "-" + epoch + ".json";
  }

  private static String policyKey(long epoch) {
    return POLICIES + epoch + ".yaml";
  }
}
