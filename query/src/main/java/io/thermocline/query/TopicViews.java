package io.thermocline.query;

import io.thermocline.model.ColdFile;
import io.thermocline.model.ColdPartition;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ColdTopic;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The topics of one statement as DuckDB views over their data files. Holds the files in place until
 * it is closed.
 */
final class TopicViews implements AutoCloseable {
  /** As in the Iceberg table; see docs/formats.md. */
  private static final String EMPTY_TABLE =
      """
      (SELECT NULL::INTEGER AS partition, NULL::BIGINT AS record_offset,
         NULL::TIMESTAMPTZ AS timestamp, NULL::TIMESTAMPTZ AS append_time,
         NULL::BLOB AS key, NULL::BLOB AS value,
         NULL::STRUCT(name VARCHAR, value BLOB)[] AS headers)
      WHERE false""";

  private final HotTier hot;
  private final ColdTier cold;
  private final TimeLimit time;
  private final List<ColdTier.LocalFile> held = new ArrayList<>();

  TopicViews(HotTier hot, ColdTier cold, TimeLimit time) {
    this.hot = hot;
    this.cold = cold;
    this.time = time;
  }

  /** Makes the topic's view; an empty one when nothing of it is tiered. */
  void create(Connection duckDb, Topic topic) throws SQLException {
    Optional<ColdTopic> table = cold.topic(topic.id());
    List<Path> files = new ArrayList<>();
    List<String> visible = new ArrayList<>();
    if (table.isPresent()) {
      for (ColdPartition partition : table.get().partitions().values()) {
        requireWhole(topic, partition);
        long logStart = logStart(topic, partition);
        boolean cut = false;
        for (ColdFile file : partition.files()) {
          time.check();
          if (file.span().range().to() > logStart) {
            ColdTier.LocalFile local = cold.local(file);
            held.add(local);
            files.add(local.path());
            cut |= file.span().range().from() < logStart;
          }
        }
        if (cut) {
          visible.add(
              "(partition <> %d OR record_offset >= %d)"
                  .formatted(partition.partition(), logStart));
        }
      }
    }
    create(duckDb, topic, files.isEmpty() ? EMPTY_TABLE : readParquet(files) + where(visible));
  }

  /** Makes the topic's view for a statement that asks for its name and columns only. */
  void createEmpty(Connection duckDb, Topic topic) throws SQLException {
    create(duckDb, topic, EMPTY_TABLE);
  }

  private static void create(Connection duckDb, Topic topic, String source) throws SQLException {
    try (java.sql.Statement create = duckDb.createStatement()) {
      create.execute(
          "CREATE VIEW %s AS SELECT * FROM %s"
              .formatted(identifier(TableNames.of(topic.name())), source));
    }
  }

  /** An answer with rows missing, or with some that were deleted, would look like any other. */
  private static void requireWhole(Topic topic, ColdPartition partition) {
    partition
        .problem()
        .ifPresent(
            problem -> {
              throw new ThermoclineException(
                  ErrorKind.FAILED_PRECONDITION,
                  "Partition %d of table %s is degraded, no statement can tell all of it: %s"
                      .formatted(partition.partition(), TableNames.of(topic.name()), problem));
            });
  }

  /** The files the views read. */
  List<Path> files() {
    return held.stream().map(ColdTier.LocalFile::path).toList();
  }

  private long logStart(Topic topic, ColdPartition partition) {
    return partition.partition() < topic.partitionCount()
        ? Math.max(
            partition.logStart(), hot.state(topic.id().partition(partition.partition())).logStart())
        : partition.logStart();
  }

  private static String readParquet(List<Path> files) {
    return files.stream()
        .map(file -> literal(file.toString()))
        .collect(Collectors.joining(", ", "read_parquet([", "], hive_partitioning=false)"));
  }

  private static String where(List<String> conditions) {
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String identifier(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  @Override
  public void close() {
    held.forEach(ColdTier.LocalFile::close);
  }
}
