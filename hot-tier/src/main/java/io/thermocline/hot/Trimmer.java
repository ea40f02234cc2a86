package io.thermocline.hot;

import io.thermocline.hot.directory.Metadata;
import io.thermocline.hot.directory.MetadataFile;
import io.thermocline.hot.read.LogView;
import io.thermocline.hot.segment.Segment;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of the front of logs: first what it says of producers is noted, then the metadata says
 * so, then readers see it, then the files go. A crash in between is finished by the next start.
 * Blocks for I/O; one call at a time.
 */
final class Trimmer {
  private static final Logger LOG = LoggerFactory.getLogger(Trimmer.class);

  private final LogEnvironment env;
  private final MetadataFile metadata;
  private final ProducerNotes producers;

  Trimmer(LogEnvironment env, MetadataFile metadata, ProducerNotes producers) {
    this.env = env;
    this.metadata = metadata;
    this.producers = producers;
  }

  /**
   * Has the log note what a trim rests on. That stands in line behind what is being written, so
   * nobody waits for it here, and no thread does.
   *
   * @return completes with how far a trim to {@code upTo} reaches, when it may begin
   */
  static CompletableFuture<Long> prepare(PartitionLog log, long upTo) {
    long reached = 0;
    for (Segment.Sealed segment : log.view().sealed()) {
      if (segment.end() <= upTo) {
        reached = segment.end();
      }
    }
    long to = reached;
    return ProducerNotes.note(log, to).thenApply(noted -> to);
  }

  /**
   * Lets go of sealed segments that end at or below {@code upTo}, to which it was {@linkplain
   * #prepare prepared}.
   *
   * @return the hot start now
   * @throws ThermoclineException {@link ErrorKind#TRANSIENT} when what the segments say of
   *     producers can't be noted: then they stay
   */
  synchronized long trim(PartitionLog log, long upTo) {
    List<Segment.Sealed> gone =
        log.view().sealed().stream().filter(segment -> segment.end() <= upTo).toList();
    if (!gone.isEmpty()) {
      long reached = gone.get(gone.size() - 1).end();
      noteProducers(log, reached);
      Metadata unused = metadata.change(m -> m.with(log.id(), p -> p.trimmed(reached)));
      log.current().change(view -> view.trimmed(reached));
      delete(log.id(), gone);
    }
    return log.view().hotStart();
  }

  private void noteProducers(PartitionLog log, long reached) {
    try {
      producers.cover(log, reached);
    } catch (IOException e) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT,
          ("%s keeps its segments below %d: what they say of producers can't be noted: %s. Make the"
                  + " file `producers` writable, then trim again")
              .formatted(log.id(), reached, e),
          e);
    }
  }

  /**
   * Moves the log start forward.
   *
   * @return the log start now
   */
  synchronized long advanceLogStart(PartitionLog log, long logStart) {
    LogView view = log.view();
    if (logStart > view.end()) {
      throw new ThermoclineException(
              ErrorKind.OUT_OF_RANGE,
              "Log start %d of %s would lie past the end, %d"
                  .formatted(logStart, log.id(), view.end()))
          .with(
              Map.of(
                  "logStart", Long.toString(view.logStart()),
                  "end", Long.toString(view.end())));
    }
    if (logStart > view.logStart()) {
      Metadata unused = metadata.change(m -> m.with(log.id(), p -> p.startingAt(logStart)));
      log.current().change(v -> v.startingAt(logStart));
    }
    return log.view().logStart();
  }

  /** Ends the active segment if all of it lies below the log start; completes when it has. */
  static CompletableFuture<Void> sealBelow(PartitionLog log, long logStart) {
    LogView view = log.view();
    return logStart == view.end() && view.activeBytes() > 0
        ? log.seal()
        : CompletableFuture.completedFuture(null);
  }

  /** What lies below the log start could not be let go: a later trim takes it. */
  void stays(TopicPartition id, Throwable why) {
    env.metrics().failedChores.increment();
    LOG.warn("Segments below the log start stay for now: partition={}", id, why);
  }

  private void delete(TopicPartition id, List<Segment.Sealed> gone) {
    try {
      for (Segment.Sealed sealed : gone) {
        env.disk().delete(sealed.segment().indexFile());
        env.disk().delete(sealed.segment().file());
        // Last: who has an old view could open it again before it is deleted, and keep its space.
        env.segments().forget(sealed.segment());
      }
      env.disk().forceDirectory(env.directory().partition(id));
    } catch (IOException e) {
      env.metrics().failedChores.increment();
      LOG.warn("Trimmed segments are deleted at the next start: partition={}", id, e);
    }
  }
}
