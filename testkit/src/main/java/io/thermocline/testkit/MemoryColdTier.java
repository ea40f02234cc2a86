package io.thermocline.testkit;

import io.thermocline.codec.PayloadReader;
import io.thermocline.codec.RecordCursor;
import io.thermocline.codec.RecordSums;
import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.LargestTimestamp;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * A cold tier kept in memory, simple enough to trust: a file is a list of records, a table a map of
 * partitions. {@link #local} is refused, as there are no files to open.
 */
public final class MemoryColdTier implements ColdTier {
  /** By table name: as in a catalog, one table may stand in the way of another topic's. */
  private final Map<String, MemoryTable> tables = new HashMap<>();

  private final List<String> policies = new ArrayList<>();
  private final Map<TopicId, TopicNote> notes = new HashMap<>();
  private final AtomicLong filesWritten = new AtomicLong();
  private boolean closed;

  @Override
  public synchronized Optional<ColdTopic> topic(TopicId topic) {
    return table(topic).map(MemoryTable::describe);
  }

  @Override
  public synchronized Optional<ColdTopic> lastKnown(TopicId topic) {
    return tableTaken(topic) ? Optional.empty() : topic(topic);
  }

  @Override
  public synchronized boolean tableTaken(TopicId id) {
    MemoryTable table = tables.get(TableNames.of(id.name()));
    return table != null && !table.topic().uuid().equals(id.uuid());
  }

  @Override
  public synchronized ReadResult read(TopicPartition id, long from, int maxBytes) {
    ColdPartition partition = partition(id);
    if (from < partition.logStart()) {
      return new ReadResult.BeforeStart(partition.logStart());
    }
    if (from >= partition.tieredTo()) {
      return new ReadResult.AtEnd(partition.tieredTo());
    }
    List<MemoryRow> picked = MemoryRow.pick(rows(partition, from), maxBytes);
    boolean more =
        !picked.isEmpty() && rows(partition, picked.get(picked.size() - 1).offset() + 1).size() > 0;
    long next = more ? picked.get(picked.size() - 1).offset() + 1 : partition.tieredTo();
    OffsetRange read = new OffsetRange(from, next);
    List<OffsetRange> lost =
        partition.lost().stream().map(read::intersect).filter(range -> !range.isEmpty()).toList();
    return new ReadResult.Progress(MemoryRow.batches(picked), next, lost);
  }

  /** What was given up is spoiled at once: who still reads it finds out. */
  @Override
  public void giveBack(List<RecordBatch> batches) {
    batches.forEach(TestBatches::spoil);
  }

  @Override
  public synchronized Optional<OffsetAndTimestamp> offsetForTimestamp(
      TopicPartition id, OffsetRange range, long timestampMillis) {
    return rows(partition(id), range.from()).stream()
        .filter(row -> range.contains(row.offset()))
        .filter(row -> row.timestampMillis() >= timestampMillis)
        .findFirst()
        .map(row -> new OffsetAndTimestamp(row.offset(), row.timestampMillis()));
  }

  @Override
  public synchronized Optional<OffsetAndTimestamp> maxTimestamp(
      TopicPartition id, OffsetRange range) {
    LargestTimestamp largest = new LargestTimestamp();
    rows(partition(id), range.from()).stream()
        .filter(row -> range.contains(row.offset()))
        .forEach(row -> largest.offer(row.offset(), row.timestampMillis()));
    return largest.found();
  }

  @Override
  public Optional<ColdFile> write(
      TopicPartition id,
      OffsetRange range,
      Iterator<RecordBatch> batches,
      ColdWriteSettings settings) {
    checkOpen();
    List<MemoryRow> rows = new ArrayList<>();
    boolean inside = true;
    while (inside && batches.hasNext()) {
      RecordBatch batch = batches.next();
      inside = batch.nextOffset() < range.to();
      for (StoredRecord record : TestBatches.decode(batch)) {
        if (range.contains(record.offset())) {
          rows.add(new MemoryRow(record, batch.appendTimeMillis()));
        }
      }
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(new MemoryFile(this, id, range, rows, filesWritten.incrementAndGet()));
  }

  @Override
  public ColdFile merge(TopicPartition id, List<ColdFile> files, ColdWriteSettings settings) {
    checkOpen();
    files.forEach(file -> requireOurs(id.topic(), file));
    List<MemoryRow> rows =
        files.stream().flatMap(file -> ((MemoryFile) file).rowsInOrder().stream()).toList();
    OffsetRange range = ColdCommit.Merge.rangeOf(files);
    return new MemoryFile(this, id, range, rows, filesWritten.incrementAndGet());
  }

  private void requireOurs(TopicId topic, ColdFile file) {
    if (!(file instanceof MemoryFile memory && memory.isOf(this, topic))) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "Not a file of topic '" + topic + "': " + file.location());
    }
  }

  @Override
  public synchronized ColdTopic commit(TopicId topic, ColdCommit commit) {
    MemoryTable table = table(topic).orElseGet(() -> new MemoryTable(topic));
    commit.files().forEach(file -> requireOurs(topic, file));
    table.apply(commit);
    tables.put(TableNames.of(topic.name()), table);
    return table.describe();
  }

  @Override
  public synchronized void note(TopicNote note) {
    checkOpen();
    notes.put(note.topic().id(), note);
  }

  @Override
  public synchronized void notePolicies(String document) {
    checkOpen();
    policies.add(document);
  }

  @Override
  public synchronized void retire(TopicId topic) {
    checkOpen();
    notes.remove(topic);
  }

  /** All policies that were noted, in order. */
  public synchronized List<String> policiesNoted() {
    return List.copyOf(policies);
  }

  /** What was noted last of a topic; empty when it was retired or purged. */
  public synchronized Optional<TopicNote> noted(TopicId topic) {
    return Optional.ofNullable(notes.get(topic));
  }

  @Override
  public synchronized void purge(TopicId topic) {
    notes.remove(topic);
    if (!tableTaken(topic)) {
      tables.remove(TableNames.of(topic.name()));
    }
  }

  @Override
  public synchronized boolean maintain(TopicId topic) {
    checkOpen();
    return false;
  }

  @Override
  public LocalFile local(ColdFile file) {
    throw new ThermoclineException(
        ErrorKind.UNSUPPORTED, "A cold tier in memory has no files: " + file.location());
  }

  @Override
  public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
    checkOpen();
    requireOurs(topic, file);
    pace.accept(file.span().bytes());
    RecordSums sums = new RecordSums(file.partition(), file.span().range());
    PayloadReader payloads = new PayloadReader(Integer.MAX_VALUE);
    RecordCursor records = new RecordCursor();
    for (RecordBatch batch : MemoryRow.batches(((MemoryFile) file).rowsInOrder())) {
      records.reset(
          payloads.open(batch.content()),
          batch.baseOffset(),
          batch.content().baseTimestampMillis());
      while (records.next()) {
        sums.add(records, batch.appendTimeMillis());
      }
    }
    return sums.sums();
  }

  /** How many files were written, committed or not. */
  public long filesWritten() {
    return filesWritten.get();
  }

  /** Marks a partition degraded, as if another writer had damaged its part of the table. */
  public synchronized void degrade(TopicPartition id, String problem) {
    table(id.topic())
        .orElseThrow(() -> new IllegalStateException("No table for " + id))
        .degrade(id.partition(), problem);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  private Optional<MemoryTable> table(TopicId topic) {
    checkOpen();
    if (tableTaken(topic)) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "Table %s belongs to another topic than '%s' %s"
              .formatted(TableNames.of(topic.name()), topic, topic.uuid()));
    }
    return Optional.ofNullable(tables.get(TableNames.of(topic.name())));
  }

  private ColdPartition partition(TopicPartition id) {
    return topic(id.topic())
        .map(topic -> topic.partition(id.partition()))
        .orElseGet(() -> ColdPartition.empty(id.partition()));
  }

  /** The partition's readable rows at or after {@code from}, in offset order. */
  private static List<MemoryRow> rows(ColdPartition partition, long from) {
    long first = Math.max(from, partition.logStart());
    return partition.files().stream()
        .flatMap(file -> ((MemoryFile) file).rowsInOrder().stream())
        .filter(row -> row.offset() >= first)
        .toList();
  }

  private synchronized void checkOpen() {
    if (closed) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Closed");
    }
  }
}
