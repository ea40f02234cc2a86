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
   * Lets go of sealed segments that end at or below {@code upTo}.
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

  /** Lets go of what lies below the log start; what can't be let go now a later trim takes. */
  void letGo(PartitionLog log, long logStart) {
    try {
      LogView view = log.view();
      if (logStart == view.end() && view.activeBytes() > 0) {
        Waiting.on(log.seal());
      }
      long unused = trim(log, logStart);
    } catch (ThermoclineException e) {
      env.metrics().failedChores.increment();
      LOG.warn("Segments below the log start stay for now: partition={}", log.id(), e);
    }
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
