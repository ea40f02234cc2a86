package io.thermocline.gateway.fetch;

import io.thermocline.gateway.fetch.FetchCursor.Phase;
import io.thermocline.gateway.stream.NamedPartition;
import io.thermocline.gateway.wire.ResponseLimit;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.AddPartition;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The partitions of one fetch stream. Touched only by its serial executor. */
final class FetchCursors {
  private final Map<NamedPartition, FetchCursor> cursors = new LinkedHashMap<>();
  private final int limit;

  FetchCursors(int limit) {
    this.limit = limit;
  }

  /**
   * Takes a partition in.
   *
   * @throws ThermoclineException {@code INVALID} when it is there already, or when the request
   *     makes no sense; {@code EXHAUSTED} past the limit
   */
  FetchCursor add(AddPartition add) {
    NamedPartition key = new NamedPartition(add.getTopic(), add.getPartition());
    if (cursors.containsKey(key)) {
      throw Wire.invalid("add.partition", "is in this stream already: " + key);
    }
    if (cursors.size() >= limit) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "One fetch stream takes %d partitions: open another".formatted(limit));
    }
    if (add.hasEndOffset() && add.getEndOffset() < 0) {
      throw Wire.invalid("add.end_offset", "is negative: " + add.getEndOffset());
    }
    FetchCursor cursor =
        new FetchCursor(
            key,
            add.getPositionId(),
            add.getFollow(),
            add.hasEndOffset() ? OptionalLong.of(add.getEndOffset()) : OptionalLong.empty(),
            ResponseLimit.of(add),
            credit("add.credit_bytes", add.getCreditBytes()));
    cursors.put(key, cursor);
    return cursor;
  }

  /** Credit as a client grants it. */
  static long credit(String field, long bytes) {
    if (bytes < 0) {
      throw Wire.invalid(field, "is negative: " + bytes);
    }
    return bytes;
  }

  /**
   * The partition a request is about.
   *
   * @throws ThermoclineException {@code INVALID} when it was not added
   */
  FetchCursor require(String topic, int partition) {
    NamedPartition key = new NamedPartition(topic, partition);
    FetchCursor cursor = cursors.get(key);
    if (cursor == null) {
      throw Wire.invalid("partition", "is not in this stream: " + key + ". Add it first");
    }
    return cursor;
  }

  void remove(FetchCursor cursor) {
    cursor.interrupt(Phase.DONE);
    cursors.remove(cursor.key());
  }

  Collection<FetchCursor> all() {
    return Collections.unmodifiableCollection(cursors.values());
  }

  /** Whether any may still say something although no more requests come. */
  boolean anyLive() {
    return cursors.values().stream().anyMatch(FetchCursors::isLive);
  }

  private static boolean isLive(FetchCursor cursor) {
    return switch (cursor.phase()) {
      case LOCATING, QUEUED, RESTING, READING, AWAITING -> true;
      case HELD, DONE, FAILED -> false;
    };
  }

  /** Gives all of them up. */
  void clear() {
    cursors.values().forEach(cursor -> cursor.interrupt(Phase.DONE));
    cursors.clear();
  }
}
