package io.thermocline.client.producer;

import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.PayloadCompressor;
import io.thermocline.model.Compression;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the wire bytes of closed batches, with builders and compressors that are used again. On
 * whose thread does not matter: who fills a batch makes it, so that many senders of records
 * compress at once and the sender's thread is left to send; it makes those that were not full.
 * Thread-safe.
 */
final class BatchMaker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BatchMaker.class);
  private static final int MAX_SPARE = 8;

  private final Compression compression;
  private final Deque<BatchBuilder> spareBuilders = new ArrayDeque<>();
  private final Deque<PayloadCompressor> spareCompressors = new ArrayDeque<>();
  private boolean closed;

  BatchMaker(Compression compression) {
    this.compression = compression;
  }

  /** A builder for a batch; it comes back when that is made. */
  synchronized BatchBuilder builder() {
    return spareBuilders.isEmpty() ? new BatchBuilder() : spareBuilders.pop();
  }

  /** Takes a builder for another batch. */
  synchronized void recycle(BatchBuilder builder) {
    if (spareBuilders.size() < MAX_SPARE) {
      spareBuilders.push(builder);
    }
  }

  /**
   * Makes a closed batch unless that is done; waits while another thread does it. When it fails,
   * for want of memory or of a native library, the batch is as before.
   */
  void make(ProducerBatch batch) {
    synchronized (batch) {
      if (batch.isMade()) {
        return;
      }
      PayloadCompressor compressor = compressor();
      try {
        recycle(batch.make(compressor));
      } finally {
        recycle(compressor);
      }
    }
  }

  /** As {@link #make}, to spare the sender the work: it makes what fails here again, and tells. */
  void makeAhead(ProducerBatch batch) {
    try {
      make(batch);
    } catch (RuntimeException | Error e) {
      log.debug("A batch of {} is left to the sender to make", batch.partition(), e);
    }
  }

  private synchronized PayloadCompressor compressor() {
    return spareCompressors.isEmpty() ? new PayloadCompressor(compression) : spareCompressors.pop();
  }

  private synchronized void recycle(PayloadCompressor compressor) {
    if (closed || spareCompressors.size() == MAX_SPARE) {
      compressor.close();
    } else {
      spareCompressors.push(compressor);
    }
  }

  /** Lets go of native memory; what is in use follows when its batch is made. */
  @Override
  public synchronized void close() {
    closed = true;
    spareCompressors.forEach(PayloadCompressor::close);
    spareCompressors.clear();
  }
}
