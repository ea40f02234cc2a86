package io.thermocline.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.MemoryHotTier;
import io.thermocline.testkit.MemoryTopics;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuckDbSqlEngineTest {
  @TempDir Path folder;
  private final MemoryTopics topics = new MemoryTopics(ManualClock.start());
  private final MemoryHotTier hot = new MemoryHotTier(topics, ManualClock.start());
  private ParquetFolder cold;
  private SqlEngine engine;
  private Topic quakes;

  @BeforeEach
  void openTables() throws Exception {
    quakes = topics.create("Quakes.2018-a", 2);
    cold = new ParquetFolder(folder);
    cold.add(quakes.id(), 0, 0, 10);
    cold.add(quakes.id(), 0, 10, 15);
    cold.add(quakes.id(), 1, 0, 5);
    engine = engine(SqlSettings.defaults());
  }

  @AfterEach
  void close() {
    engine.close();
    assertThat(cold.held).as("files held after every statement").hasValue(0);
  }

  @Test
  void aTopicIsATableOfItsNameInLowerCase() {
    assertThat(
            rows(
                "SELECT partition, count(*), max(record_offset) FROM quakes_2018_a GROUP BY 1 ORDER BY 1"))
        .containsExactly(List.of("0", "15", "14"), List.of("1", "5", "4"));
  }

  @Test
  void jsonValuesAreReadAndBytesAreShownAsText() {
    SqlEngine.Result result =
        engine.query(
            "SELECT key, (decode(value)->>'mag')::INT AS mag, timestamp, NULL AS nothing"
                + " FROM quakes_2018_a WHERE partition = 0 ORDER BY mag DESC LIMIT 1",
            10);

    assertThat(result.columns())
        .extracting(SqlEngine.Column::name)
        .containsExactly("key", "mag", "timestamp", "nothing");
    assertThat(result.rows().get(0).get(0)).contains("k14");
    assertThat(result.rows().get(0).get(1)).contains("14");
    assertThat(result.rows().get(0).get(2).orElseThrow()).startsWith("2018-01-31");
    assertThat(result.rows().get(0).get(3)).isEmpty();
  }

  @Test
  void aTimeIsWrittenWithItsSeconds() {
    assertThat(engine.query("SELECT TIMESTAMPTZ '2018-02-01 00:00:00+00' AS t", 10).rows().get(0))
        .containsExactly(Optional.of("2018-02-01T00:00:00Z"));
  }

  @Test
  void recordsBelowTheLogStartAreNotSeen() {
    long unused =
        hot.append(quakes.partition(0), TestBatches.content(Compression.NONE, Records.plain(0, 12)))
            .join()
            .baseOffset();
    assertThat(hot.advanceLogStart(quakes.partition(0), 12).join()).isEqualTo(12);

    assertThat(rows("SELECT count(*), min(record_offset) FROM quakes_2018_a WHERE partition = 0"))
        .containsExactly(List.of("3", "12"));
    assertThat(rows("SELECT count(*) FROM quakes_2018_a WHERE partition = 1"))
        .containsExactly(List.of("5"));
  }

  @Test
  void aTopicThatHasNothingTieredIsAnEmptyTable() {
    Topic unused = topics.create("fresh", 1);

    assertThat(rows("SELECT count(*) FROM fresh")).containsExactly(List.of("0"));
  }

  @Test
  void tablesCanBeListed() {
    assertThat(rows("SHOW TABLES")).containsExactly(List.of("quakes_2018_a"));
  }

  @Test
  void rowsPastTheLimitAreCutOffAndThatIsSaid() {
    SqlEngine.Result result = engine.query("SELECT record_offset FROM quakes_2018_a", 4);

    assertThat(result.rows()).hasSize(4);
    assertThat(result.truncated()).isTrue();
    assertThat(engine.query("SELECT 1", 1).truncated()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SELEC 1",
        "SELECT 1; SELECT 2",
        "COPY (SELECT 1) TO '/tmp/thermocline-written'",
        "CREATE TABLE t AS SELECT 1",
        "DROP VIEW quakes_2018_a",
        "INSERT INTO quakes_2018_a SELECT * FROM quakes_2018_a",
        "DELETE FROM quakes_2018_a",
        "UPDATE quakes_2018_a SET partition = 1",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit='1TB'",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "EXPORT DATABASE '/tmp/x'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_parquet('/etc/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM no_such_table",
        "SELECT no_such_column FROM quakes_2018_a",
      })
  void whatIsNotOneSelectOverTheTablesIsRefused(String sql) {
    ThermoclineException refusal =
        catchThrowableOfType(ThermoclineException.class, () -> engine.query(sql, 10));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID);
    assertThat(rows("SELECT count(*) FROM quakes_2018_a")).containsExactly(List.of("20"));
    assertThat(Files.exists(Path.of("/tmp/thermocline-written"))).isFalse();
  }

  @Test
  void aWrongTableNameIsAnsweredWithTheTablesThereAre() {
    assertThat(
            catchThrowableOfType(
                ThermoclineException.class, () -> engine.query("SELECT * FROM quake", 10)))
        .hasMessageContaining("quakes_2018_a");
  }

  @Test
  void aStatementThatTakesTooLongIsStopped() {
    SqlEngine hasty = engine(new SqlSettings(512L << 20, 1, Duration.ofMillis(100), 1, 1 << 20));
    ThermoclineException refusal =
        catchThrowableOfType(
            ThermoclineException.class,
            () ->
                hasty.query(
                    "SELECT count(*) FROM range(10000000000) a, range(1000) b WHERE hash(a.range, b.range) % 7 = 1",
                    1));
    hasty.close();

    assertThat(refusal.kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
  }

  @Test
  void aStatementThatNeedsTooMuchMemoryIsRefused() {
    SqlEngine small = engine(new SqlSettings(64L << 20, 1, Duration.ofSeconds(60), 1, 1 << 20));
    ThermoclineException refusal =
        catchThrowableOfType(
            ThermoclineException.class,
            () -> small.query("SELECT count(DISTINCT i || 'x') FROM range(20000000) r(i)", 1));
    small.close();

    assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(ErrorKind.EXHAUSTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT repeat('x', 100000000)",
        "SELECT repeat('x', 100000000)::BLOB",
        "SELECT [repeat('x', 100000000)]",
        "SELECT 1, {'a': repeat('x', 100000000)}",
      })
  void aCellTooLargeForAnAnswerIsNotEvenBrought(String sql) {
    ThermoclineException refusal =
        catchThrowableOfType(ThermoclineException.class, () -> engine.query(sql, 1));

    assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(ErrorKind.EXHAUSTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHOW TABLES",
        "DESCRIBE quakes_2018_a",
        "SUMMARIZE SELECT partition FROM quakes_2018_a",
        "VALUES (1, 'a'), (2, NULL)",
        "FROM quakes_2018_a",
        "SELECT 1::DECIMAL(9, 2), now(), NULL, headers, [1, 2] FROM quakes_2018_a LIMIT 1",
      })
  void whateverReadsIsAnswered(String sql) {
    assertThat(engine.query(sql, 100).rows()).isNotEmpty();
  }

  @Test
  void theFirstRowsOfAnAnswerThatIsLargerThanMemoryAreGiven() {
    SqlEngine small = engine(new SqlSettings(64L << 20, 1, Duration.ofSeconds(60), 1, 1 << 20));
    SqlEngine.Result result =
        small.query("SELECT i || repeat('x', 1000) FROM range(1000000) r(i)", 10);
    small.close();

    assertThat(result.rows()).hasSize(10);
    assertThat(result.truncated()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT record_offset AS x, partition AS x FROM quakes_2018_a ORDER BY 1 DESC, 2 LIMIT 3 ; ",
        "FROM (SELECT record_offset AS x, partition AS x FROM quakes_2018_a) ORDER BY 1 DESC -- last",
        "WITH o AS (SELECT record_offset AS x, partition AS y FROM quakes_2018_a)"
            + " SELECT x, y AS x FROM o ORDER BY o.x DESC",
      })
  void anyFormOfSelectKeepsItsOrderAndItsColumnNames(String sql) {
    SqlEngine.Result result = engine.query(sql, 3);

    assertThat(result.rows())
        .extracting(row -> row.get(0).orElseThrow())
        .containsExactly("14", "13", "12");
    if (sql.startsWith("FROM")) {
      assertThat(result.columns()).hasSize(2);
    } else {
      assertThat(result.columns()).extracting(SqlEngine.Column::name).containsExactly("x", "x");
    }
  }

  @Test
  void bringingItsFilesCountsTowardAStatementsTime() {
    cold.beforeLocal(DuckDbSqlEngineTest::takeTime);
    SqlEngine hasty = engine(new SqlSettings(512L << 20, 1, Duration.ofMillis(100), 1, 1 << 20));
    ThermoclineException refusal =
        catchThrowableOfType(
            ThermoclineException.class, () -> hasty.query("SELECT 1 FROM quakes_2018_a", 1));
    hasty.close();

    assertThat(refusal.kind()).isEqualTo(ErrorKind.DEADLINE_EXCEEDED);
  }

  private static void takeTime() {
    long end = System.nanoTime() + Duration.ofMillis(150).toNanos();
    Await.until("time to go by", () -> System.nanoTime() - end > 0);
  }

  @Test
  void aDegradedTableIsRefusedRatherThanToldInPart() {
    Topic other = topics.create("other", 1);
    cold.degrade(other.id(), "rows are missing");

    ThermoclineException refusal =
        catchThrowableOfType(
            ThermoclineException.class, () -> engine.query("SELECT * FROM other", 1));

    assertThat(refusal.kind()).isEqualTo(ErrorKind.FAILED_PRECONDITION);
    assertThat(refusal).hasMessageContaining("rows are missing");
    assertThat(rows("SHOW TABLES")).hasSize(2);
  }

  @Test
  void listingTablesBringsNoFiles() {
    cold.beforeLocal(() -> fail("no file is needed"));

    assertThat(rows("SHOW TABLES")).containsExactly(List.of("quakes_2018_a"));
    assertThat(
            rows(
                "SELECT count(*) FROM information_schema.columns WHERE table_name = 'quakes_2018_a'"))
        .containsExactly(List.of("7"));
  }

  @Test
  void anAnswerThatIsTooLargeIsRefused() {
    SqlEngine small = engine(new SqlSettings(512L << 20, 1, Duration.ofSeconds(30), 1, 1_000));
    ThermoclineException refusal =
        catchThrowableOfType(
            ThermoclineException.class, () -> small.query("SELECT repeat('x', 2000)", 1));
    small.close();

    assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(ErrorKind.EXHAUSTED);
  }

  private SqlEngine engine(SqlSettings settings) {
    return new DuckDbSqlEngine(settings, topics, hot, cold);
  }

  private List<List<String>> rows(String sql) {
    return engine.query(sql, 100).rows().stream()
        .map(row -> row.stream().map(Optional::orElseThrow).toList())
        .toList();
  }
}
