package io.thermocline.cold.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.Compression;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredHeader;
import io.thermocline.testkit.StoredRecord;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader that we did not write has to find the same records. */
class DuckDbOracleTest {
  @TempDir Path directory;

  @Test
  void duckDbReadsTheSameRows() throws Exception {
    List<StoredRecord> records = new ArrayList<>(Records.odd(40));
    records.addAll(Records.random(new Random(7), 1_000, 2_000, 3));
    Path path = directory.resolve("data.parquet");
    WrittenFile file =
        DataFileFixture.write(
            path,
            DataFileFixture.rangeOf(records),
            DataFileFixture.batches(Compression.ZSTD, 20, records));
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement()) {
      assertThat(rows(sql, path)).isEqualTo(records);
      assertThat(one(sql, "SELECT count(*) FROM " + table(path))).isEqualTo("" + file.rows());
      assertThat(one(sql, "SELECT DISTINCT partition FROM " + table(path))).isEqualTo("3");
      assertThat(
              one(
                  sql,
                  "SELECT epoch_ms(min(append_time)) || ' ' || epoch_ms(max(append_time)) FROM "
                      + table(path)))
          .isEqualTo(
              file.content().minAppendTimeMillis() + " " + file.content().maxAppendTimeMillis());
      assertThat(
              one(
                  sql,
                  "SELECT count(*) FROM "
                      + table(path)
                      + " WHERE key = 'late'::BLOB"
                      + " AND record_offset BETWEEN 40 AND 100"))
          .isEqualTo("1");
    }
  }

  @Test
  void duckDbSeesTheEncodingsAndTheBloomFilterThatWeMeant() throws Exception {
    Path path = directory.resolve("data.parquet");
    assertThat(DataFileFixture.write(path, Records.plain(0, 500)).rows()).isEqualTo(500);
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement sql = duck.createStatement()) {
      String metadata = " FROM parquet_metadata('" + path + "') WHERE path_in_schema = ";
      assertThat(
              one(sql, "SELECT DISTINCT encodings || compression" + metadata + "'record_offset'"))
          .contains("DELTA_BINARY_PACKED", "ZSTD");
      assertThat(one(sql, "SELECT DISTINCT encodings || compression" + metadata + "'value'"))
          .contains("PLAIN", "ZSTD")
          .doesNotContain("DICTIONARY");
      assertThat(one(sql, "SELECT count(bloom_filter_offset) = count(*)" + metadata + "'key'"))
          .isEqualTo("true");
      String probe = "FROM parquet_bloom_probe('" + path + "', 'key', ";
      assertThat(one(sql, "SELECT bool_or(bloom_filter_excludes) " + probe + "'key-3'::BLOB)"))
          .isEqualTo("false");
      assertThat(one(sql, "SELECT bool_and(bloom_filter_excludes) " + probe + "'absent'::BLOB)"))
          .isEqualTo("true");
    }
  }

  private static String table(Path path) {
    return "read_parquet('" + path + "', hive_partitioning = false)";
  }

  private static String one(Statement sql, String query) throws SQLException {
    try (ResultSet rows = sql.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  /** Headers come by a second query, a row for each, as nested blobs do not come over JDBC. */
  private static List<StoredRecord> rows(Statement sql, Path path) throws SQLException {
    TreeMap<Long, List<StoredHeader>> headers = new TreeMap<>();
    try (ResultSet rows =
        sql.executeQuery(
            "SELECT o, h.name, hex(h.value) FROM (SELECT record_offset AS o, unnest(headers) AS h,"
                + " generate_subscripts(headers, 1) AS i FROM "
                + table(path)
                + ") ORDER BY o, i")) {
      while (rows.next()) {
        headers
            .computeIfAbsent(rows.getLong(1), offset -> new ArrayList<>())
            .add(new StoredHeader(rows.getString(2), bytes(rows.getString(3))));
      }
    }
    List<StoredRecord> records = new ArrayList<>();
    try (ResultSet rows =
        sql.executeQuery(
            "SELECT record_offset, epoch_ms(timestamp), hex(key), hex(value), len(headers) FROM "
                + table(path)
                + " ORDER BY record_offset")) {
      while (rows.next()) {
        List<StoredHeader> own = headers.getOrDefault(rows.getLong(1), List.of());
        assertThat(rows.getObject(5)).as("never null").isEqualTo((long) own.size());
        records.add(
            new StoredRecord(
                rows.getLong(1),
                rows.getLong(2),
                bytes(rows.getString(3)),
                bytes(rows.getString(4)),
                own));
      }
    }
    return records;
  }

  private static Bytes bytes(String hex) {
    return hex == null ? null : Bytes.of(HexFormat.of().parseHex(hex));
  }
}
