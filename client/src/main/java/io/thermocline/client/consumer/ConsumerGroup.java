package io.thermocline.client.consumer;

import io.thermocline.client.record.PartitionName;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A consumer's group, if it has one: where it begins, and where its place is kept. */
final class ConsumerGroup {
  private final Optional<String> name;
  private final Function<String, Map<PartitionName, Long>> places;
  private final BiConsumer<String, Map<PartitionName, Long>> keep;

  /**
   * @param places asks for all the places a group has
   * @param keep keeps some for it, durably
   */
  ConsumerGroup(
      Optional<String> name,
      Function<String, Map<PartitionName, Long>> places,
      BiConsumer<String, Map<PartitionName, Long>> keep) {
    this.name = name;
    this.places = places;
    this.keep = keep;
  }

  /** Where each partition begins, committed places looked up. */
  Map<PartitionName, Start> resolve(Collection<PartitionName> partitions, Start start) {
    Map<PartitionName, Start> starts = new HashMap<>();
    if (start instanceof Start.Committed committed) {
      Map<PartitionName, Long> offsets = places.apply(required());
      for (PartitionName partition : partitions) {
        Long offset = offsets.get(partition);
        starts.put(partition, offset == null ? committed.otherwise() : Start.offset(offset));
      }
    } else {
      partitions.forEach(partition -> starts.put(partition, start));
    }
    return starts;
  }

  void commit(Map<PartitionName, Long> offsets) {
    String group = required();
    if (!offsets.isEmpty()) {
      keep.accept(group, offsets);
    }
  }

  private String required() {
    return name.orElseThrow(
        () -> new IllegalStateException("The consumer has no group: see ConsumerOptions.group"));
  }
}
