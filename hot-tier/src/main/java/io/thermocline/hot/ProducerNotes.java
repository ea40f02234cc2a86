package io.thermocline.hot;

import io.thermocline.hot.producers.ProducerMemory;
import io.thermocline.hot.producers.ProducerNote;
import io.thermocline.hot.producers.ProducersFile;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Puts what logs noted of their producers into the file. Blocks for I/O. Thread-safe. */
final class ProducerNotes implements AutoCloseable {
  private final ProducersFile file;

  ProducerNotes(ProducersFile file) {
    this.file = file;
  }

  /** Stores the notes that the logs have made. */
  synchronized void store(Collection<PartitionLog> logs) throws IOException {
    Map<ProducerMemory, ProducerNote> notes = new LinkedHashMap<>();
    for (PartitionLog log : logs) {
      log.producers().unstored().ifPresent(note -> notes.put(log.producers(), note));
    }
    file.store(notes.values());
    notes.forEach(ProducerMemory::stored);
  }

  /**
   * Has the log note its producers of all below {@code offset}, which is durable, unless the file
   * knows them. Waits for nothing; completes when it has.
   */
  static CompletableFuture<Void> note(PartitionLog log, long offset) {
    return log.producers().notedTo() < offset
        ? log.noteProducers()
        : CompletableFuture.completedFuture(null);
  }

  /** Makes sure that the file knows what was {@linkplain #note noted}. */
  void cover(PartitionLog log, long offset) throws IOException {
    if (log.producers().notedTo() < offset) {
      store(List.of(log));
    }
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
