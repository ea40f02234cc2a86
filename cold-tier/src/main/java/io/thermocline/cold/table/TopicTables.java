package io.thermocline.cold.table;

import io.thermocline.cold.foreign.ForeignFiles;
import io.thermocline.model.TopicId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The tables of the topics that were asked for, until those are deleted. Thread-safe. */
final class TopicTables {
  private final WarehouseCatalog catalog;
  private final ManifestContents manifests;
  private final ForeignFiles foreign;
  private final WarehouseTraces traces;
  private final InstantSource clock;
  private final Duration maxViewAge;
  private final Map<TopicId, TopicTable> tables = new ConcurrentHashMap<>();

  /**
   * @param maxViewAge how old a copy of a table may be that is read from
   */
  TopicTables(
      WarehouseCatalog catalog,
      ManifestContents manifests,
      ForeignFiles foreign,
      WarehouseTraces traces,
      InstantSource clock,
      Duration maxViewAge) {
    this.catalog = catalog;
    this.manifests = manifests;
    this.foreign = foreign;
    this.traces = traces;
    this.clock = clock;
    this.maxViewAge = maxViewAge;
  }

  /** The topic's table, always the same one. */
  TopicTable of(TopicId topic) {
    return tables.computeIfAbsent(topic, this::unknown);
  }

  /** The topic's table, if it was asked for before. */
  Optional<TopicTable> known(TopicId topic) {
    return Optional.ofNullable(tables.get(topic));
  }

  /** A table that is not remembered: for topics that there may never be. */
  TopicTable unknown(TopicId topic) {
    return new TopicTable(topic, catalog, manifests, foreign, traces, clock, maxViewAge);
  }

  /** Forgets the table of a topic that was deleted. Returns whether it was known. */
  boolean forget(TopicTable table) {
    return tables.remove(table.topic(), table);
  }
}
