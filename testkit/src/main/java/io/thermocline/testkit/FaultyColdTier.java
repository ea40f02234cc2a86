package io.thermocline.testkit;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.ContentSums;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicPartition;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A cold tier with faults in front of it. */
public final class FaultyColdTier implements ColdTier {
  /** What can fail. */
  public enum Call {
    TOPIC,
    READ,
    TIMESTAMP,
    /** An upload that fails after its effect leaves an orphan. */
    WRITE,
    /** Likewise. */
    MERGE,
    COMMIT,
    NOTE,
    PURGE,
    MAINTAIN,
    LOCAL,
    AUDIT
  }

  private final ColdTier real;
  private final FaultSchedule<Call> faults;

  /** Puts {@code faults} in front of {@code real}. */
  public FaultyColdTier(ColdTier real, FaultSchedule<Call> faults) {
    this.real = real;
    this.faults = faults;
  }

  @Override
  public Optional<ColdTopic> topic(TopicId topic) {
    return faults.look(Call.TOPIC, () -> real.topic(topic));
  }

  @Override
  public Optional<ColdTopic> fresh(TopicId topic) {
    return faults.look(Call.TOPIC, () -> real.fresh(topic));
  }

  @Override
  public Optional<ColdTopic> confirmed(TopicId topic) {
    return faults.look(Call.TOPIC, () -> real.confirmed(topic));
  }

  @Override
  public Optional<ColdTopic> lastKnown(TopicId topic) {
    return real.lastKnown(topic);
  }

  @Override
  public boolean tableTaken(TopicId id) {
    return faults.look(Call.TOPIC, () -> real.tableTaken(id));
  }

  @Override
  public ReadResult read(TopicPartition id, long from, int maxBytes) {
    return faults.look(Call.READ, () -> real.read(id, from, maxBytes));
  }

  @Override
  public void giveBack(List<RecordBatch> batches) {
    real.giveBack(batches);
  }

  @Override
  public Optional<OffsetAndTimestamp> offsetForTimestamp(
      TopicPartition id, OffsetRange range, long timestampMillis) {
    return faults.look(Call.TIMESTAMP, () -> real.offsetForTimestamp(id, range, timestampMillis));
  }

  @Override
  public Optional<OffsetAndTimestamp> maxTimestamp(TopicPartition id, OffsetRange range) {
    return faults.look(Call.TIMESTAMP, () -> real.maxTimestamp(id, range));
  }

  @Override
  public Optional<ColdFile> write(
      TopicPartition id,
      OffsetRange range,
      Iterator<RecordBatch> batches,
      ColdWriteSettings settings) {
    return faults.change(Call.WRITE, () -> real.write(id, range, batches, settings));
  }

  @Override
  public ColdFile merge(TopicPartition id, List<ColdFile> files, ColdWriteSettings settings) {
    return faults.change(Call.MERGE, () -> real.merge(id, files, settings));
  }

  @Override
  public ColdTopic commit(TopicId topic, ColdCommit commit) {
    return faults.change(Call.COMMIT, () -> real.commit(topic, commit));
  }

  @Override
  public void note(TopicNote note) {
    noting(() -> real.note(note));
  }

  @Override
  public void notePolicies(String document) {
    noting(() -> real.notePolicies(document));
  }

  @Override
  public void retire(TopicId topic) {
    noting(() -> real.retire(topic));
  }

  private void noting(Runnable call) {
    Call unused =
        faults.change(
            Call.NOTE,
            () -> {
              call.run();
              return Call.NOTE;
            });
  }

  @Override
  public void purge(TopicId topic) {
    faults.change(
        Call.PURGE,
        () -> {
          real.purge(topic);
          return topic;
        });
  }

  @Override
  public boolean maintain(TopicId topic) {
    return faults.change(Call.MAINTAIN, () -> real.maintain(topic));
  }

  @Override
  public LocalFile local(ColdFile file) {
    return faults.look(Call.LOCAL, () -> real.local(file));
  }

  @Override
  public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
    return faults.look(Call.AUDIT, () -> real.audit(topic, file, pace));
  }

  @Override
  public void close() {
    real.close();
  }
}
