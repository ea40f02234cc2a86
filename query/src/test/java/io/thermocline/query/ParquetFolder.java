package io.thermocline.query;

import io.thermocline.model.ColdCommit;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ColdWriteSettings;
import io.thermocline.model.ContentSums;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ReadResult;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.Span;
import io.thermocline.model.TableNames;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicNote;
import io.thermocline.model.TopicPartition;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** Tables out of Parquet files that DuckDB itself wrote; a cold tier as far as SQL needs one. */
final class ParquetFolder implements ColdTier {
  private record File(int partition, Span span, long rows, String location) implements ColdFile {}

  private final Path folder;
  private final Map<TopicId, List<ColdFile>> files = new ConcurrentHashMap<>();
  private final Map<TopicId, String> problems = new ConcurrentHashMap<>();
  final AtomicInteger held = new AtomicInteger();
  private Runnable beforeLocal = () -> {};

  ParquetFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Adds a file of a partition with the offsets {@code [from, to)}, each with its offset as JSON.
   */
  void add(TopicId topic, int partition, long from, long to) throws SQLException {
    Path file = folder.resolve(topic.name() + "-" + partition + "-" + from + ".parquet");
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement copy = duckDb.createStatement()) {
      copy.execute(
          """
          COPY (SELECT %d::INTEGER AS partition, i AS record_offset,
            make_timestamptz(1517363399650000 + i * 1000000) AS timestamp,
            make_timestamptz(1517363399650000) AS append_time,
            encode('k' || i) AS key, encode('{"mag": ' || i || '}') AS value,
            []::STRUCT(name VARCHAR, value BLOB)[] AS headers
          FROM range(%d, %d) r(i)) TO '%s' (FORMAT parquet)\
          """
              .formatted(partition, from, to, file));
    }
    files
        .computeIfAbsent(topic, id -> new ArrayList<>())
        .add(
            new File(
                partition,
                new Span(new OffsetRange(from, to), file.toFile().length(), 0, 0, true),
                to - from,
                file.toUri().toString()));
  }

  /** Runs each time before a file is given out. */
  void beforeLocal(Runnable run) {
    beforeLocal = run;
  }

  /** Makes a table that has one partition, with this problem. */
  void degrade(TopicId topic, String problem) {
    problems.put(topic, problem);
  }

  @Override
  public Optional<ColdTopic> topic(TopicId topic) {
    if (problems.containsKey(topic)) {
      ColdPartition broken =
          new ColdPartition(0, 0, 5, List.of(), List.of(), Optional.of(problems.get(topic)));
      return Optional.of(new ColdTopic(topic, "broken", "file:///broken", Map.of(0, broken)));
    }
    return Optional.ofNullable(files.get(topic))
        .map(
            list -> {
              Map<Integer, ColdPartition> partitions = new ConcurrentHashMap<>();
              list.stream()
                  .map(ColdFile::partition)
                  .distinct()
                  .forEach(partition -> partitions.put(partition, partition(list, partition)));
              return new ColdTopic(
                  topic, TableNames.of(topic.name()), folder.toUri().toString(), partitions);
            });
  }

  private static ColdPartition partition(List<ColdFile> all, int partition) {
    List<ColdFile> files = all.stream().filter(file -> file.partition() == partition).toList();
    long tieredTo = files.get(files.size() - 1).span().range().to();
    return new ColdPartition(partition, 0, tieredTo, files, List.of(), Optional.empty());
  }

  @Override
  public LocalFile local(ColdFile file) {
    beforeLocal.run();
    held.incrementAndGet();
    Path path = Path.of(URI.create(file.location()));
    return new LocalFile() {
      @Override
      public Path path() {
        return path;
      }

      @Override
      public void close() {
        held.decrementAndGet();
      }
    };
  }

  @Override
  public Optional<ColdTopic> lastKnown(TopicId topic) {
    return topic(topic);
  }

  @Override
  public boolean tableTaken(TopicId id) {
    return false;
  }

  @Override
  public ReadResult read(TopicPartition id, long from, int maxBytes) {
    throw notNeeded();
  }

  @Override
  public Optional<OffsetAndTimestamp> offsetForTimestamp(
      TopicPartition id, OffsetRange range, long timestampMillis) {
    throw notNeeded();
  }

  @Override
  public Optional<OffsetAndTimestamp> maxTimestamp(TopicPartition id, OffsetRange range) {
    throw notNeeded();
  }

  @Override
  public Optional<ColdFile> write(
      TopicPartition id,
      OffsetRange range,
      Iterator<RecordBatch> batches,
      ColdWriteSettings settings) {
    throw notNeeded();
  }

  @Override
  public ColdFile merge(TopicPartition id, List<ColdFile> files, ColdWriteSettings settings) {
    throw notNeeded();
  }

  @Override
  public ColdTopic commit(TopicId topic, ColdCommit commit) {
    throw notNeeded();
  }

  @Override
  public void note(TopicNote note) {
    throw notNeeded();
  }

  @Override
  public void notePolicies(String document) {
    throw notNeeded();
  }

  @Override
  public void retire(TopicId topic) {
    throw notNeeded();
  }

  @Override
  public void purge(TopicId topic) {
    throw notNeeded();
  }

  @Override
  public boolean maintain(TopicId topic) {
    return false;
  }

  @Override
  public ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
    throw notNeeded();
  }

  @Override
  public void close() {}

  private static AssertionError notNeeded() {
    return new AssertionError("SQL asks for files only");
  }
}
