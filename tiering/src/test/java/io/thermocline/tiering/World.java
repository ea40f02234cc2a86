package io.thermocline.tiering;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.PartitionState;
import io.thermocline.model.Span;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Both tiers of a topic as data, put together by a test. Times count in minutes from a start. */
final class World {
  static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
  static final long MIB = 1 << 20;

  private static final TopicId TOPIC = new TopicId(new UUID(1, 2), "orders");

  /** A file that only says where it is. */
  record File(int partition, Span span) implements ColdFile {
    @Override
    public long rows() {
      return span.range().span();
    }

    @Override
    public String location() {
      return "memory:///" + span.range();
    }
  }

  /** One partition. */
  static final class Partition {
    private final List<Span> spans = new ArrayList<>();
    private final List<ColdFile> files = new ArrayList<>();
    private final int number;
    private long hotLogStart;
    private long coldLogStart;
    private long tieredTo;
    private long stableEnd = -1;
    private String problem;

    private Partition(int number) {
      this.number = number;
    }

    Partition hot(long from, long to, long bytes, int firstMinute, int lastMinute) {
      return span(from, to, bytes, firstMinute, lastMinute, true);
    }

    Partition open(long from, long to, long bytes, int firstMinute, int lastMinute) {
      return span(from, to, bytes, firstMinute, lastMinute, false);
    }

    private Partition span(
        long from, long to, long bytes, int firstMinute, int lastMinute, boolean sealed) {
      spans.add(
          new Span(new OffsetRange(from, to), bytes, at(firstMinute), at(lastMinute), sealed));
      return this;
    }

    Partition cold(long from, long to, long bytes, int lastMinute) {
      Span span = new Span(new OffsetRange(from, to), bytes, at(lastMinute), at(lastMinute), true);
      files.add(new File(number, span));
      tieredTo = to;
      return this;
    }

    Partition tieredTo(long offset) {
      tieredTo = offset;
      return this;
    }

    Partition logStart(long inHot, long inTable) {
      hotLogStart = inHot;
      coldLogStart = inTable;
      return this;
    }

    Partition stableEnd(long offset) {
      stableEnd = offset;
      return this;
    }

    Partition degraded(String why) {
      problem = why;
      return this;
    }

    PartitionView view() {
      long oldest = spans.isEmpty() ? tieredTo : spans.get(0).range().from();
      long end = spans.isEmpty() ? tieredTo : spans.get(spans.size() - 1).range().to();
      long hotStart = Math.max(oldest, hotLogStart);
      return new PartitionView(
          new TopicPartition(TOPIC, number),
          new PartitionState(
              0,
              hotLogStart,
              hotStart,
              stableEnd < 0 ? Math.max(end, hotStart) : stableEnd,
              Math.max(end, hotStart),
              spans.stream().mapToLong(Span::bytes).sum(),
              spans.size()),
          spans,
          new ColdPartition(
              number, coldLogStart, tieredTo, files, List.of(), Optional.ofNullable(problem)));
    }
  }

  private World() {}

  static Partition partition(int number) {
    return new Partition(number);
  }

  static TopicView topic(Partition... partitions) {
    List<PartitionView> views = new ArrayList<>();
    for (Partition partition : partitions) {
      views.add(partition.view());
    }
    return new TopicView(
        new Topic(TOPIC, Math.max(1, partitions.length), START.minus(Duration.ofDays(3_650))),
        views,
        java.util.Map.of());
  }

  static long at(int minute) {
    return START.plus(Duration.ofMinutes(minute)).toEpochMilli();
  }

  /** The pace of an ordinary day. */
  static Occasion at(int minute, boolean tierAll, boolean trimAll, boolean diskFull) {
    Instant now = START.plus(Duration.ofMinutes(minute));
    return new Occasion(now, now, true, tierAll, trimAll, diskFull, Long.MAX_VALUE);
  }

  static Occasion usual(int minute) {
    return at(minute, false, false, false);
  }
}
