package io.thermocline.hot;

import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.producers.KnownProducers;
import io.thermocline.hot.producers.LogId;
import io.thermocline.hot.producers.ProducerMemory;
import io.thermocline.hot.producers.ProducerTable;
import io.thermocline.hot.segment.BatchHeader;
import io.thermocline.hot.segment.BatchScan;
import io.thermocline.hot.segment.Segment;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a log's producers from where they were noted up to the log's end: from the headers of the
 * batches behind that place. Used once, by one thread.
 */
final class ProducerRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(ProducerRecovery.class);

  private final Optional<KnownProducers> known;
  private final ProducerTable table;

  /** What lies below it is in the table, or has no producers. */
  private final long from;

  /**
   * @param known what was noted
   * @param mayHaveSome whether batches that nothing was noted of may have producers
   */
  ProducerRecovery(LogEnvironment env, Optional<KnownProducers> known, boolean mayHaveSome) {
    this.known = known;
    this.table = known.map(KnownProducers::table).orElseGet(() -> new ProducerTable(env.census()));
    this.from = known.map(KnownProducers::end).orElse(mayHaveSome ? 0 : Long.MAX_VALUE);
  }

  /** Whether what was noted is not to be used any more. */
  private boolean forgot;

  /** One past the last offset that was noted, which was durable. */
  long notedTo() {
    return known.map(KnownProducers::end).orElse(0L);
  }

  /** There is nothing to read, and the log ends there. */
  void endsAt(long end) {
    if (notedTo() < end) {
      forgetAll();
    }
  }

  private void forgetAll() {
    table.forgetAll();
    forgot = true;
  }

  /** Takes in a batch that lies behind those taken in before. */
  void add(BatchHeader header) {
    if (header.isSequenced() && header.baseOffset() >= from) {
      table.recovered(header.producerBatch());
    }
  }

  /**
   * Takes in what sealed segments hold, and the first {@code activeBytes} of the active one.
   *
   * @param sealed oldest first; those before the first are gone
   */
  void read(LogEnvironment env, List<Segment.Sealed> sealed, Segment active, long activeBytes)
      throws IOException {
    long oldest = sealed.isEmpty() ? active.base() : sealed.get(0).base();
    if (from < oldest) {
      // What they stored in between is not known: a stale sequence would take repeats for new.
      forgetAll();
      LOG.warn(
          "Producers are known from offset {} on only, what was before is not local: segment={}",
          oldest,
          active.file());
    }
    for (Segment.Sealed segment : sealed) {
      if (segment.end() > from) {
        read(env, segment.segment(), segment.bytes());
      }
    }
    read(env, active, activeBytes);
  }

  private void read(LogEnvironment env, Segment segment, long bytes) throws IOException {
    boolean within = known.isPresent() && known.get().segment() == segment.base();
    long position = within ? known.get().position() : 0;
    if (position >= bytes || from == Long.MAX_VALUE) {
      return;
    }
    try (DiskFile file = env.disk().openToRead(segment.file())) {
      BatchScan scan = new BatchScan(file, segment.stamp(), bytes);
      for (BatchScan.Found found = scan.next(position);
          found != null;
          found = scan.next(found.end())) {
        add(found.header());
      }
    }
  }

  /** What was forgotten is forgotten in the file too: the next note has all that is remembered. */
  ProducerMemory memory(LogId log) {
    table.forgetSilent();
    return new ProducerMemory(log, table, forgot ? 0 : notedTo());
  }
}
