package io.thermocline.engines;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trino reads the tables of a running server, which it finds by nothing but the address of its
 * catalog; behind S3 it is told the store's address and has keys of its own.
 */
@EnabledIfSystemProperty(named = "trino.java", matches = ".+")
class TrinoIT {
  private static final String EVENTS = "thermocline.thermocline.events";
  private static final long ALL = (long) Lake.COMMITS * Lake.RECORDS;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'");

  /** In the metrics of a scan's splits. */
  private static final Pattern DATA_FILES =
      Pattern.compile("'dataFiles' = LongCount\\{total=(\\d+)}");

  @TempDir Path folder;

  @Test
  void readsTablesOnTheLocalDisk() throws Exception {
    try (Lake lake = Lake.onDisk(folder)) {
      readEverything(lake, "fs.hadoop.enabled=true\n");
    }
  }

  @Test
  void readsTablesBehindS3() throws Exception {
    try (Lake lake = Lake.onS3(folder)) {
      readEverything(
          lake,
          """
          fs.native-s3.enabled=true
          s3.endpoint=%s
          s3.region=us-east-1
          s3.path-style-access=true
          s3.aws-access-key=%s
          s3.aws-secret-key=%s
          """
              .formatted(lake.store(), Lake.ACCESS_KEY, Lake.SECRET_KEY));
    }
  }

  private void readEverything(Lake lake, String files) throws Exception {
    String catalog =
        """
        connector.name=iceberg
        iceberg.catalog.type=rest
        iceberg.rest-catalog.uri=%s
        """
            .formatted(lake.catalog());
    Path home = Path.of(System.getProperty("trino.home"));
    TrinoServer.unpack(Path.of(System.getProperty("trino.archive")), home);
    try (TrinoServer trino =
        TrinoServer.start(
            home,
            Path.of(System.getProperty("trino.java")),
            Files.createDirectories(folder.resolve("trino")),
            catalog + files)) {
      countsAndReadsEachRecord(trino);
      prunesFilesByOffsetAndTimestamp(trino);
      travelsInTime(trino);
    }
  }

  private static void countsAndReadsEachRecord(TrinoServer trino) throws Exception {
    assertThat(number(show(trino, "SELECT count(*) FROM " + EVENTS))).isEqualTo(ALL);
    List<JsonNode> rows =
        trino.query(
            "SELECT record_offset, to_unixtime(timestamp), from_utf8(key), from_utf8(value),"
                + " cardinality(headers) FROM "
                + EVENTS
                + " ORDER BY record_offset");
    assertThat(rows).hasSize((int) ALL);
    for (int offset = 0; offset < ALL; offset++) {
      JsonNode row = rows.get(offset);
      assertThat(row.get(0).asLong()).isEqualTo(offset);
      assertThat(Math.round(row.get(1).asDouble() * 1000))
          .isEqualTo(Lake.at(offset).toEpochMilli());
      assertThat(row.get(2).asText()).isEqualTo("k" + offset);
      assertThat(row.get(3).asText()).isEqualTo(Lake.value(offset));
      assertThat(row.get(4).asLong()).isZero();
    }
  }

  private static void prunesFilesByOffsetAndTimestamp(TrinoServer trino) throws Exception {
    String byOffset = "SELECT record_offset FROM " + EVENTS + " WHERE record_offset >= 760";
    assertThat(trino.query(byOffset)).hasSize(240);
    assertThat(filesRead(trino, byOffset)).as("files with offsets from 760 on").isEqualTo(1);
    String byTime =
        "SELECT record_offset FROM %s WHERE timestamp >= TIMESTAMP '%s' AND timestamp < TIMESTAMP '%s'"
            .formatted(EVENTS, time(260), time(510));
    assertThat(trino.query(byTime)).hasSize(250);
    assertThat(filesRead(trino, byTime)).as("files with seconds 260 to 510").isEqualTo(2);
    assertThat(filesRead(trino, "SELECT record_offset FROM " + EVENTS)).isEqualTo(Lake.COMMITS);
  }

  /** How many data files the scan in Trino's plan of the query was given to read. */
  private static long filesRead(TrinoServer trino, String sql) throws Exception {
    List<JsonNode> plan = show(trino, "EXPLAIN ANALYZE VERBOSE " + sql);
    Matcher files = DATA_FILES.matcher(plan.get(0).get(0).asText());
    assertThat(files.find()).as("the plan tells how many files it reads").isTrue();
    return Long.parseLong(files.group(1));
  }

  private static String time(long offset) {
    return TIME.format(LocalDateTime.ofInstant(Lake.at(offset), ZoneOffset.UTC));
  }

  private static void travelsInTime(TrinoServer trino) throws Exception {
    List<JsonNode> snapshots =
        show(
            trino,
            "SELECT snapshot_id FROM thermocline.thermocline.\"events$snapshots\" ORDER BY committed_at");
    assertThat(snapshots).hasSizeGreaterThanOrEqualTo(Lake.COMMITS);
    long before = 0;
    for (JsonNode snapshot : snapshots) {
      long then =
          number(
              show(
                  trino,
                  "SELECT count(*) FROM %s FOR VERSION AS OF %d"
                      .formatted(EVENTS, snapshot.get(0).asLong())));
      assertThat(then).isBetween(before, before + Lake.RECORDS);
      before = then;
    }
    assertThat(before).isEqualTo(ALL);
  }

  private static long number(List<JsonNode> one) {
    return one.get(0).get(0).asLong();
  }

  private static List<JsonNode> show(TrinoServer trino, String sql)
      throws IOException, InterruptedException {
    System.out.println("trino> " + sql);
    List<JsonNode> rows = trino.query(sql);
    rows.forEach(row -> row.forEach(value -> System.out.println(value.asText())));
    return rows;
  }
}
