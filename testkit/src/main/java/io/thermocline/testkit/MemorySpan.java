package io.thermocline.testkit;

import io.thermocline.model.OffsetRange;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.Span;
import java.util.ArrayList;
import java.util.List;

/** A run of batches that is trimmed whole. Guarded by its log's lock. */
final class MemorySpan {
  private final long from;
  private final List<RecordBatch> batches = new ArrayList<>();
  private long to;
  private long bytes;
  private long firstAppendTimeMillis;
  private long lastAppendTimeMillis;
  private boolean sealed;

  MemorySpan(long from) {
    this.from = from;
    this.to = from;
  }

  void add(RecordBatch batch) {
    if (batches.isEmpty()) {
      firstAppendTimeMillis = batch.appendTimeMillis();
    }
    lastAppendTimeMillis = batch.appendTimeMillis();
    batches.add(batch);
    bytes += batch.sizeInBytes();
    to = batch.nextOffset();
  }

  /** Takes the unused offsets up to {@code nextOffset} in. */
  void stretch(long nextOffset) {
    to = nextOffset;
  }

  void seal() {
    sealed = true;
  }

  /** Forgets the batches that touch {@code range}, as damage would. */
  void forget(OffsetRange range) {
    batches.removeIf(batch -> !batch.range().intersect(range).isEmpty());
  }

  boolean isSealed() {
    return sealed;
  }

  long from() {
    return from;
  }

  long to() {
    return to;
  }

  long bytes() {
    return bytes;
  }

  long firstAppendTimeMillis() {
    return firstAppendTimeMillis;
  }

  List<RecordBatch> batches() {
    return batches;
  }

  Span describe() {
    return new Span(
        new OffsetRange(from, to), bytes, firstAppendTimeMillis, lastAppendTimeMillis, sealed);
  }
}
