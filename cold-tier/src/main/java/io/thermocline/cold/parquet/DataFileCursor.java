package io.thermocline.cold.parquet;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.model.RecordBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a data file on and on, as wire batches. Made to be kept between reads: the next one goes on
 * where the last one ended, with what is already fetched and decoded.
 *
 * <p>For one thread at a time. From the first read until it is closed it holds stored bytes, up to
 * two windows of the settings for each of keys, values and headers that are large, in arrays that
 * it uses again for each window, a page of each decompressed, one batch, and a little native
 * memory. A batch handed out owns its memory. After a failure it holds nothing and may be read
 * again: it goes on from {@link #nextOffset}.
 */
public final class DataFileCursor implements AutoCloseable {
  private final RangeSource source;
  private final FileFooter footer;
  private final ReadSettings settings;
  private final SpareArrays arrays;
  private BatchBuilder builder;
  private RowReader rows;

  /** Whether the reader stands on a record that was not handed out yet. */
  private boolean pending;

  private long nextOffset;
  private long batchOffset;
  private long batchAppendTime;

  DataFileCursor(
      RangeSource source, FileFooter footer, ReadSettings settings, SpareArrays arrays, long from) {
    this.source = source;
    this.footer = footer;
    this.settings = settings;
    this.arrays = arrays;
    this.builder = new BatchBuilder(arrays);
    this.nextOffset = Math.max(from, footer.range().from());
  }

  /**
   * The next records. The first read gives those that its first fetch brought, so that it waits for
   * no other: it ends where a row group does.
   *
   * @param maxBytes soft limit on the batches' payloads before compression; one record is given
   *     even if it is larger
   * @return in offset order, each batch with its own append time and starting at its first record;
   *     empty at the end of the file
   */
  public List<RecordBatch> read(int maxBytes) {
    List<RecordBatch> batches = new ArrayList<>();
    try {
      boolean first = rows == null;
      if (first) {
        rows = new RowReader(source, footer, settings);
        rows.seek(nextOffset, Math.max(maxBytes, 1));
      } else {
        rows.readOn();
      }
      nextOffset = fill(batches, maxBytes, first);
      return batches;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Gathers batches. Returns the offset after them. */
  private long fill(List<RecordBatch> batches, int maxBytes, boolean first) {
    long given = 0;
    long next = nextOffset;
    while (pending || rows.next()) {
      pending = true;
      long size = rows.sizeInBytes();
      if (builder.count() > 0 && !fits(size)) {
        given += builder.sizeInBytes();
        batches.add(builder.buildAt(settings.batchCompression(), batchAppendTime));
      }
      long soFar = given + builder.sizeInBytes();
      if (soFar > 0 && soFar + size > maxBytes) {
        finish(batches);
        return next;
      }
      add();
      pending = false;
      next = rows.offset() + 1;
      if (first && !rows.isNextHere()) {
        finish(batches);
        return next;
      }
    }
    finish(batches);
    return footer.range().to();
  }

  private boolean fits(long size) {
    return builder.sizeInBytes() + size <= settings.batchBytes()
        && rows.appendTimeMillis() == batchAppendTime
        && rows.offset() - batchOffset <= Integer.MAX_VALUE;
  }

  private void add() {
    if (builder.count() == 0) {
      batchOffset = rows.offset();
      batchAppendTime = rows.appendTimeMillis();
    }
    BytesColumn key = rows.key();
    BytesColumn value = rows.value();
    builder.add(
        rows.offset(),
        rows.timestampMillis(),
        key.array(),
        key.start(),
        key.length(),
        value.array(),
        value.start(),
        value.length(),
        rows.headers());
  }

  private void finish(List<RecordBatch> batches) {
    if (builder.count() > 0) {
      batches.add(builder.buildAt(settings.batchCompression(), batchAppendTime));
    }
  }

  /**
   * Where the next read goes on: one past the last record handed out, and at the end of the file
   * where its range ends.
   */
  public long nextOffset() {
    return nextOffset;
  }

  /** Whether there is nothing more to read. */
  public boolean isAtEnd() {
    return nextOffset >= footer.range().to();
  }

  /** Lets go of all memory. */
  @Override
  public void close() {
    if (rows != null) {
      rows.close();
      rows = null;
    }
    pending = false;
    builder = new BatchBuilder(arrays);
  }
}
