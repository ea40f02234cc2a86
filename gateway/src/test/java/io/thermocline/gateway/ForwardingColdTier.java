package io.thermocline.gateway;

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

/** Another cold tier, so that a test can step in between. */
class ForwardingColdTier implements ColdTier {
  private final ColdTier cold;

  ForwardingColdTier(ColdTier cold) {
    this.cold = cold;
  }

  @Override
  public Optional<ColdTopic> topic(TopicId topic) {
    return cold.topic(topic);
  }

  @Override
  public Optional<ColdTopic> fresh(TopicId topic) {
    return cold.fresh(topic);
  }

  @Override
  public Optional<ColdTopic> lastKnown(TopicId topic) {
    return cold.lastKnown(topic);
  }

  @Override
  public boolean tableTaken(TopicId id) {
    return cold.tableTaken(id);
  }

  @Override
  public ReadResult read(TopicPartition id, long from, int maxBytes) {
    return cold.read(id, from, maxBytes);
  }

  @Override
  public void giveBack(List<RecordBatch> batches) {
    cold.giveBack(batches);
  }

  @Override
  public Optional<OffsetAndTimestamp> offsetForTimestamp(
      TopicPartition id, OffsetRange range, long timestampMillis) {
    return cold.offsetForTimestamp(id, range, timestampMillis);
  }

  @Override
  public Optional<OffsetAndTimestamp> maxTimestamp(TopicPartition id, OffsetRange range) {
    return cold.maxTimestamp(id, range);
  }

  @Override
  public Optional<ColdFile> write(
      TopicPartition id,
      OffsetRange range,
      Iterator<RecordBatch> batches,
      ColdWriteSettings settings) {
    return cold.write(id, range, batches, settings);
  }

  @Override
  public ColdFile merge(TopicPartition id, List<ColdFile> files, ColdWriteSettings settings) {
    return cold.merge(id, files, settings);
  }

  @Override
  public ColdTopic commit(TopicId topic, ColdCommit commit) {
    return cold.commit(topic, commit);
  }

  @Override
  public void note(TopicNote note) {
    cold.note(note);
  }

  @Override
  public void notePolicies(String document) {
    cold.notePolicies(document);
  }

  @Override
  public void retire(TopicId topic) {
    cold.retire(topic);
  }

  @Override
  public void purge(TopicId topic) {
    cold.purge(topic);
  }

  @Override
  public boolean maintain(TopicId topic) {
    return cold.maintain(topic);
  }

  @Override
  public LocalFile local(ColdFile file) {
    return cold.local(file);
  }

  @Override
  public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
    return cold.audit(topic, file, pace);
  }

  @Override
  public void close() {
    cold.close();
  }
}
