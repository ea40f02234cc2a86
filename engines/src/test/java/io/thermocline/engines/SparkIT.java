package io.thermocline.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.datasources.v2.BatchScanExec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark SQL reads the tables of a running server, which it finds by nothing but the address of its
 * catalog; behind S3 it brings keys of its own.
 */
class SparkIT {
  private static final String EVENTS = "thermocline.thermocline.events";
  private static final long ALL = (long) Lake.COMMITS * Lake.RECORDS;

  @TempDir Path folder;

  @Test
  void readsTablesOnTheLocalDisk() throws Exception {
    try (Lake lake = Lake.onDisk(folder)) {
      readEverything(lake, Map.of());
    }
  }

  @Test
  void readsTablesBehindS3() throws Exception {
    try (Lake lake = Lake.onS3(folder)) {
      readEverything(
          lake,
          Map.of("s3.access-key-id", Lake.ACCESS_KEY, "s3.secret-access-key", Lake.SECRET_KEY));
    }
  }

  private static void readEverything(Lake lake, Map<String, String> keys) throws IOException {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.catalog.thermocline", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.thermocline.type", "rest")
            .config("spark.sql.catalog.thermocline.uri", lake.catalog());
    keys.forEach((name, key) -> builder.config("spark.sql.catalog.thermocline." + name, key));
    try (SparkSession spark = builder.getOrCreate()) {
      countsAndReadsEachRecord(spark);
      prunesFilesByOffsetAndTimestamp(spark);
      travelsInTime(spark);
    }
  }

  private static void countsAndReadsEachRecord(SparkSession spark) {
    show(spark, "SHOW TABLES IN thermocline.thermocline");
    assertThat(number(show(spark, "SELECT count(*) FROM " + EVENTS))).isEqualTo(ALL);
    List<Row> rows =
        spark
            .sql(
                "SELECT record_offset, unix_millis(timestamp), CAST(key AS STRING),"
                    + " CAST(value AS STRING), size(headers) FROM "
                    + EVENTS
                    + " ORDER BY record_offset")
            .collectAsList();
    assertThat(rows).hasSize((int) ALL);
    for (int offset = 0; offset < ALL; offset++) {
      Row row = rows.get(offset);
      assertThat(row.getLong(0)).isEqualTo(offset);
      assertThat(row.getLong(1)).isEqualTo(Lake.at(offset).toEpochMilli());
      assertThat(row.getString(2)).isEqualTo("k" + offset);
      assertThat(row.getString(3)).isEqualTo(Lake.value(offset));
      assertThat(row.getInt(4)).isZero();
    }
  }

  private static void prunesFilesByOffsetAndTimestamp(SparkSession spark) {
    String byOffset = "SELECT record_offset FROM " + EVENTS + " WHERE record_offset >= 760";
    assertThat(show(spark, byOffset).count()).isEqualTo(240);
    assertThat(filesRead(spark, byOffset)).as("files with offsets from 760 on").isEqualTo(1);
    String byTime =
        "SELECT record_offset FROM %s WHERE timestamp >= TIMESTAMP '%s' AND timestamp < TIMESTAMP '%s'"
            .formatted(EVENTS, Lake.at(260), Lake.at(510));
    assertThat(show(spark, byTime).count()).isEqualTo(250);
    assertThat(filesRead(spark, byTime)).as("files with seconds 260 to 510").isEqualTo(2);
    assertThat(filesRead(spark, "SELECT record_offset FROM " + EVENTS)).isEqualTo(Lake.COMMITS);
  }

  private static void travelsInTime(SparkSession spark) {
    List<Row> snapshots =
        show(spark, "SELECT snapshot_id FROM " + EVENTS + ".snapshots ORDER BY committed_at")
            .collectAsList();
    long before = 0;
    for (Row snapshot : snapshots) {
      long then =
          number(
              show(
                  spark,
                  "SELECT count(*) FROM %s VERSION AS OF %d"
                      .formatted(EVENTS, snapshot.getLong(0))));
      assertThat(then).isBetween(before, before + Lake.RECORDS);
      before = then;
    }
    assertThat(before).isEqualTo(ALL);
    assertThat(snapshots).hasSizeGreaterThanOrEqualTo(Lake.COMMITS);
  }

  /** How many data files Iceberg's scan in Spark's plan of the query is given to read. */
  private static long filesRead(SparkSession spark, String sql) {
    Dataset<Row> rows = spark.sql(sql);
    rows.collectAsList();
    SparkPlan plan = rows.queryExecution().executedPlan();
    BatchScanExec scan = (BatchScanExec) plan.collectLeaves().head();
    long read = scan.metrics().apply("resultDataFiles").value();
    System.out.printf(
        "plan: %s%n      resultDataFiles=%d skippedDataFiles=%d skippedDataManifests=%d%n",
        scan.simpleString(25),
        read,
        scan.metrics().apply("skippedDataFiles").value(),
        scan.metrics().apply("skippedDataManifests").value());
    return read;
  }

  private static long number(Dataset<Row> one) {
    return one.first().getLong(0);
  }

  private static Dataset<Row> show(SparkSession spark, String sql) {
    System.out.println("spark-sql> " + sql);
    Dataset<Row> rows = spark.sql(sql);
    rows.show(5, 40);
    return rows;
  }
}
