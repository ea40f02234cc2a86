package io.thermocline.cold.table;

import io.thermocline.model.TopicId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The tables of the topics that were asked for, until those are deleted. Thread-safe. */
final class TopicTables {
  private final Function<TopicId, TopicTable> opener;
  private final Map<TopicId, TopicTable> tables = new ConcurrentHashMap<>();

  /**
   * @param opener makes the table of a topic, without I/O
   */
  TopicTables(Function<TopicId, TopicTable> opener) {
    this.opener = opener;
  }

  /** The topic's table, always the same one. */
  TopicTable of(TopicId topic) {
    return tables.computeIfAbsent(topic, opener);
  }

  /** The topic's table, if it was asked for before. */
  Optional<TopicTable> known(TopicId topic) {
    return Optional.ofNullable(tables.get(topic));
  }

  /** A table that is not remembered: for topics that there may never be. */
  TopicTable unknown(TopicId topic) {
    return opener.apply(topic);
  }

  /** Forgets the table of a topic that was deleted. Returns whether it was known. */
  boolean forget(TopicTable table) {
    return tables.remove(table.topic(), table);
  }
}
