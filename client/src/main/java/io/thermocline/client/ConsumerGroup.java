package io.thermocline.client;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A consumer's group, if it has one: where it begins, and where its place is kept. */
final class ConsumerGroup {
  private final Optional<String> name;
  private final Admin admin;

  ConsumerGroup(Optional<String> name, Admin admin) {
    this.name = name;
    this.admin = admin;
  }

  /** Where each partition begins, committed places looked up. */
  Map<PartitionName, Start> resolve(Collection<PartitionName> partitions, Start start) {
    Map<PartitionName, Start> starts = new HashMap<>();
    if (start instanceof Start.Committed committed) {
      Map<PartitionName, Long> offsets = admin.groupOffsets(required());
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
      admin.commitOffsets(group, offsets);
    }
  }

  private String required() {
    return name.orElseThrow(
        () -> new IllegalStateException("The consumer has no group: see ConsumerOptions.group"));
  }
}
