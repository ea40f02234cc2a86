package io.thermocline.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark changes the table of a running server, in a catalog that both write to: consumers read on,
 * deleted rows are gaps, tiering goes on, and maintenance brings the files back.
 */
class SparkWritesIT {
  private static final String EVENTS = "thermocline.thermocline.events";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;
  private Lake lake;
  private SparkSession spark;

  /** Offsets that consumers should find. */
  private final Set<Long> expected = new TreeSet<>();

  private int commits = Lake.COMMITS;

  @BeforeEach
  void start() throws Exception {
    lake = Lake.inSharedCatalog(folder);
    for (long offset = 0; offset < (long) Lake.COMMITS * Lake.RECORDS; offset++) {
      expected.add(offset);
    }
    spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .config(
                "spark.sql.extensions",
                "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
            .config("spark.sql.catalog.thermocline", "org.apache.iceberg.spark.SparkCatalog")
            .config(
                "spark.sql.catalog.thermocline.catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog")
            .config("spark.sql.catalog.thermocline.uri", Lake.sharedCatalogUri(folder))
            .config("spark.sql.catalog.thermocline.warehouse", folder.resolve("none").toString())
            .config("spark.sql.catalog.thermocline.cache-enabled", false)
            .getOrCreate();
  }

  @AfterEach
  void stop() {
    spark.stop();
    lake.close();
  }

  @Test
  void rewritesAndDeletesAreHonoredAndBroughtBack() throws Exception {
    show(
        ("CALL thermocline.system.rewrite_data_files(table => '%s',"
                + " options => map('rewrite-all', 'true'))")
            .formatted(EVENTS));
    assertThat(foreignFiles()).isPositive();
    goesOn();

    deleteMode("copy-on-write");
    delete(5, 100, 101, 102, 999);
    goesOn();

    deleteMode("merge-on-read");
    delete(0, 700, 1001);
    assertThat(number("SELECT count(*) FROM " + EVENTS + ".delete_files")).isPositive();
    goesOn();

    verify(0, "");
    lake = Lake.again(folder);
    awaitBroughtBack();
    goesOn();
    verify(0, "");
    lake = Lake.again(folder);
    assertThat(number("SELECT count(*) FROM " + EVENTS)).isEqualTo(expected.size());
  }

  @Test
  void aRollbackIsNamedAndSettingMainBackMendsIt() throws Exception {
    List<Row> snapshots =
        show("SELECT snapshot_id FROM " + EVENTS + ".snapshots ORDER BY committed_at");
    long last = snapshots.get(snapshots.size() - 1).getLong(0);
    long before = snapshots.get(snapshots.size() - 2).getLong(0);
    show("CALL thermocline.system.rollback_to_snapshot('" + EVENTS + "', " + before + ")");

    verify(5, "offsets [750, 1000) are missing");

    show("CALL thermocline.system.set_current_snapshot('" + EVENTS + "', " + last + ")");
    lake = Lake.again(folder);
    goesOn();
  }

  /** A further commit of ours on top, after which consumers find just what they should. */
  private void goesOn() throws IOException, InterruptedException {
    Lake.produce(lake.server(), folder, commits);
    for (long offset = 0; offset < Lake.RECORDS; offset++) {
      expected.add((long) commits * Lake.RECORDS + offset);
    }
    commits++;
    String status = CommandLine.thermocline(lake.server(), "tier", "status", "events");
    System.out.println(status);
    String output = CommandLine.thermocline(lake.server(), "consume", "events");
    assertThat(output.lines().toList()).isEqualTo(expected.stream().map(Lake::value).toList());
    System.out.printf("consumed %d records of %d offsets%n", expected.size(), commits * 250);
  }

  private void delete(long... offsets) {
    List<String> named = new ArrayList<>();
    for (long offset : offsets) {
      named.add(Long.toString(offset));
      expected.remove(offset);
    }
    show("DELETE FROM %s WHERE record_offset IN (%s)".formatted(EVENTS, String.join(", ", named)));
  }

  private void deleteMode(String mode) {
    show("ALTER TABLE %s SET TBLPROPERTIES ('write.delete.mode'='%s')".formatted(EVENTS, mode));
  }

  /** Stops the server and audits what it stored. */
  private void verify(int exit, String problem) throws IOException, InterruptedException {
    lake.close();
    CommandLine.Ended ended =
        CommandLine.run(
            "",
            "verify",
            folder.resolve("data").toString(),
            "--set",
            "catalog.type=jdbc",
            "--set",
            "catalog.properties=uri=" + Lake.sharedCatalogUri(folder));
    System.out.println("verify: exit " + ended.exit() + "\n" + ended.output());
    assertThat(ended.exit()).isEqualTo(exit);
    assertThat(ended.output()).contains(problem);
  }

  private void awaitBroughtBack() throws InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (foreignFiles() > 0 && Instant.now().isBefore(deadline)) {
      Thread.sleep(1_000);
    }
    assertThat(foreignFiles()).isZero();
    show("SELECT content, file_path, record_count FROM " + EVENTS + ".files");
    assertThat(number("SELECT count(*) FROM " + EVENTS + ".delete_files")).isZero();
  }

  /** Files that are not in our naming. */
  private long foreignFiles() {
    return number(
        "SELECT count(*) FROM "
            + EVENTS
            + ".files WHERE NOT file_path RLIKE '/data/0/[0-9]{20}-[0-9]{20}-[^/]*parquet$'");
  }

  private long number(String sql) {
    return spark.sql(sql).first().getLong(0);
  }

  private List<Row> show(String sql) {
    System.out.println("spark-sql> " + sql);
    var rows = spark.sql(sql);
    rows.show(20, 160);
    return rows.collectAsList();
  }
}
