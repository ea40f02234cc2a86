package io.thermocline.cold.table;

import io.thermocline.cold.records.TopicRecord;
import io.thermocline.cold.records.TopicRecords;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import java.util.Optional;

/**
 * Changes tables, and keeps what the warehouse's records say of their topics in step: a table's
 * record leads to each change before anything is let go of for it. Thread-safe.
 */
final class TopicChanges {
  private final LazyOwner owner;
  private final TopicTables tables;
  private final TopicRecords records;
  private final RecordedTopics recorded;
  private final TableCommitter committer;
  private final LayoutRepair repair;
  private final TableUpkeep upkeep;
  private final TablePurge purge;

  TopicChanges(TableParts parts) {
    this.owner = parts.owner;
    this.tables = parts.tables;
    this.records = parts.records;
    this.recorded = parts.recorded;
    this.committer = parts.committer;
    this.repair = parts.repair;
    this.upkeep = parts.upkeep;
    this.purge = parts.purge;
  }

  /** See {@link io.thermocline.model.ColdTier#confirmed}. */
  Optional<TableView> confirmed(TopicId topic) {
    owner.epoch();
    TopicTable table = tables.of(topic);
    Optional<TableView> view = table.exclusively(TopicTable.Access::look);
    recorded.point(table);
    return view;
  }

  /** A commit is done when the warehouse's record leads to it: nothing is let go of before. */
  ColdTopic commit(TopicId topic, ColdCommit commit) {
    TopicTable table = tables.of(topic);
    ColdTopic after = committer.commit(table, commit);
    try {
      recorded.point(table);
    } catch (ThermoclineException e) {
      throw new ThermoclineException(
          ErrorKind.OUTCOME_UNKNOWN,
          "Commit %s is in table %s, but the topic's record in the warehouse could not be written: %s; repeat the same commit"
              .formatted(commit.id(), after.table(), e.getMessage()),
          e);
    }
    return after;
  }

  void note(TopicNote note) {
    recorded.note(note, tables.of(note.topic().id()));
  }

  void notePolicies(String document) {
    records.writePolicies(owner.claimedEpoch(), document);
  }

  void retire(TopicId topic) {
    TopicTable table = tables.of(topic);
    recorded.deleted(table, TopicRecord.Deletion.KEEP);
    forget(table);
  }

  void purge(TopicId topic) {
    TopicTable table = tables.of(topic);
    recorded.deleted(table, TopicRecord.Deletion.PURGE);
    purge.purge(table);
    recorded.forget(topic);
    forget(table);
  }

  private void forget(TopicTable table) {
    upkeep.forget(table.topic());
    boolean unused = tables.forget(table);
  }

  /** One piece; see {@link io.thermocline.model.ColdTier#maintain}. */
  boolean maintain(TopicId topic) {
    TopicTable table = tables.of(topic);
    boolean repaired = repair.run(table);
    boolean done = upkeep.maintain(table) || repaired;
    if (done) {
      recorded.point(table);
    }
    return done;
  }
}
