package io.thermocline.cold.table;

import io.thermocline.cold.parquet.DataFileCursor;
import io.thermocline.cold.table.OpenFiles.OpenFile;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One reader's way through one file. As soon as it reads on, which it shows by its second read, a
 * thread of the pool makes the next batches while it sends the last ones, up to a number of bytes.
 *
 * <p>The file is opened by the first {@link #decode}, so that who comes from the file before finds
 * its place here however long that takes. The cursor belongs to whoever runs {@link #decode}: the
 * reader itself at its first read, a thread of the pool later, never both. All else is guarded by
 * this.
 */
final class FileReplay implements AutoCloseable {
  /** Who asks for less than this at once is not in a hurry. */
  private static final int LEAST_AHEAD_READ = 64 << 10;

  private static final int PIECES = 4;

  private final String location;
  private final Supplier<OpenFile> opening;
  private final Executor decoding;
  private final int aheadBytes;
  private final Duration patience;
  private final Deque<Read> ready = new ArrayDeque<>();

  /** Null until the file is open, as is {@link #file}. */
  private DataFileCursor cursor;

  private OpenFile file;
  private long readyBytes;
  private boolean running;
  private boolean atEnd;
  private boolean closed;
  private int readBytes;

  /** Whether it was read before, or its reader comes from the file before. */
  private boolean readsOn;

  private RuntimeException failure;

  /** Where the reader goes on. */
  private long nextOffset;

  /** Batches, and the offset after them. */
  record Read(List<RecordBatch> batches, long nextOffset) {
    long sizeInBytes() {
      return batches.stream().mapToLong(RecordBatch::sizeInBytes).sum();
    }
  }

  /**
   * @param location of the file, for messages
   * @param from offset of the first record to read
   */
  FileReplay(
      String location,
      Supplier<OpenFile> opening,
      long from,
      Executor decoding,
      int aheadBytes,
      Duration patience) {
    this.location = location;
    this.opening = opening;
    this.decoding = decoding;
    this.aheadBytes = aheadBytes;
    this.patience = patience;
    this.nextOffset = from;
  }

  /** Begins to make batches before anybody asks, as a reader comes from the file before. */
  synchronized void begin(int maxBytes) {
    readsOn = true;
    // In pieces: who asks for much gets the first of it sooner, and no more than the bound is made.
    readBytes = Math.min(maxBytes, aheadBytes / PIECES);
    decodeAhead();
  }

  /**
   * The next records, as {@link DataFileCursor#read} gives them. After a failure it is to be
   * closed.
   *
   * @throws ThermoclineException {@link ErrorKind#TRANSIENT} when they are not here in time; then
   *     it may be read again
   */
  Read read(int maxBytes) {
    Read first = readFirst(maxBytes);
    synchronized (this) {
      nextOffset = first.nextOffset();
      if (readsOn) {
        begin(maxBytes);
      }
      readsOn = true;
    }
    return first;
  }

  private Read readFirst(int maxBytes) {
    synchronized (this) {
      awaitReady();
      if (!ready.isEmpty()) {
        return takeReady(maxBytes);
      }
      if (failure != null) {
        throw failure;
      }
      running = true;
    }
    try {
      return decode(maxBytes);
    } finally {
      ended();
    }
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + patience.toNanos();
    while (ready.isEmpty() && running) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new ThermoclineException(
            ErrorKind.TRANSIENT,
            "Records from %d of %s are not here after %s: the read goes on, ask again"
                .formatted(nextOffset, location, patience));
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ThermoclineException(
            ErrorKind.TRANSIENT, "Interrupted while waiting for " + location, e);
      }
    }
  }

  private Read takeReady(int maxBytes) {
    List<RecordBatch> batches = new ArrayList<>();
    long given = 0;
    long next = nextOffset;
    while (!ready.isEmpty() && (given == 0 || given + ready.peek().sizeInBytes() <= maxBytes)) {
      Read read = ready.remove();
      given += read.sizeInBytes();
      batches.addAll(read.batches());
      next = read.nextOffset();
    }
    readyBytes -= given;
    return new Read(batches, next);
  }

  /**
   * Whether a read of so much can be given: what was made ahead is not cut again, and what failed
   * ahead of the reader may well succeed for it.
   */
  synchronized boolean suits(int maxBytes) {
    if (!ready.isEmpty()) {
      return ready.peek().sizeInBytes() <= maxBytes;
    }
    return failure == null && (!running || readBytes <= maxBytes);
  }

  private void decodeAhead() {
    boolean wanted = readyBytes < aheadBytes && readBytes >= LEAST_AHEAD_READ;
    if (!wanted || running || closed || atEnd || failure != null) {
      return;
    }
    running = true;
    try {
      decoding.execute(this::run);
    } catch (RejectedExecutionException e) {
      // The tier is closing; who still reads does so by itself.
      running = false;
    }
  }

  private void run() {
    try {
      for (int next = toDecode(); next > 0; next = toDecode()) {
        Read read = decode(next);
        synchronized (this) {
          ready.add(read);
          readyBytes += read.sizeInBytes();
          notifyAll();
        }
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
      }
    } finally {
      ended();
    }
  }

  private synchronized int toDecode() {
    return closed || atEnd || readyBytes >= aheadBytes ? 0 : readBytes;
  }

  private Read decode(int maxBytes) {
    if (cursor == null) {
      OpenFile opened = opening.get();
      synchronized (this) {
        cursor = opened.reader().cursor(nextOffset);
        file = opened;
      }
    }
    List<RecordBatch> batches = cursor.read(maxBytes);
    synchronized (this) {
      atEnd = cursor.isAtEnd();
    }
    return new Read(batches, cursor.nextOffset());
  }

  private synchronized void ended() {
    running = false;
    notifyAll();
    if (closed) {
      release();
    }
  }

  /** Where the next read goes on. */
  synchronized long nextOffset() {
    return nextOffset;
  }

  /** Whether there is nothing more to read. */
  synchronized boolean isAtEnd() {
    return atEnd && ready.isEmpty();
  }

  /** Whether all of the file's batches are made. */
  synchronized boolean isMade() {
    return atEnd;
  }

  /** Whether the rest of the file is here, or on its way. */
  synchronized boolean hasAskedForAll() {
    return file != null && file.bytes().hasAsked(file.reader().footer().dataEnd());
  }

  private void release() {
    if (file != null) {
      cursor.close();
      file.bytes().close();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      ready.clear();
      readyBytes = 0;
      if (!running) {
        release();
      }
    }
  }
}
