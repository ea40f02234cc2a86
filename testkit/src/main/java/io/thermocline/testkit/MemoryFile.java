package io.thermocline.testkit;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.Span;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.util.List;

/** A data file in memory. Equal to itself only. */
final class MemoryFile implements ColdFile {
  private final ColdTier owner;
  private final TopicPartition id;
  private final Span span;
  private final List<MemoryRow> rows;
  private final String location;

  MemoryFile(
      ColdTier owner, TopicPartition id, OffsetRange range, List<MemoryRow> rows, long number) {
    this.owner = owner;
    this.id = id;
    this.rows = List.copyOf(rows);
    this.span =
        new Span(
            range,
            rows.stream().mapToLong(MemoryRow::sizeInBytes).sum(),
            rows.get(0).appendTimeMillis(),
            rows.get(rows.size() - 1).appendTimeMillis(),
            true);
    this.location =
        "memory:///%s/%d/%020d-%020d-%d"
            .formatted(id.topic(), id.partition(), range.from(), range.to(), number);
  }

  @Override
  public int partition() {
    return id.partition();
  }

  @Override
  public Span span() {
    return span;
  }

  @Override
  public long rows() {
    return rows.size();
  }

  @Override
  public String location() {
    return location;
  }

  List<MemoryRow> rowsInOrder() {
    return rows;
  }

  boolean isOf(ColdTier tier, TopicId topic) {
    return owner == tier && id.topic().equals(topic);
  }

  @Override
  public String toString() {
    return location;
  }
}
