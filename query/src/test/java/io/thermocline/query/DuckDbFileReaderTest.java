package io.thermocline.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.codec.RecordSums;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What DuckDB makes of a file, against what the codec makes of the same records. */
class DuckDbFileReaderTest {
  private static final byte[] NONE = {};
  private static final OffsetRange RANGE = new OffsetRange(1_000, 2_000);

  /** Three records: a plain one, one of nulls, one that is empty with odd headers, before 1970. */
  private static final String ROWS =
      """
      SELECT 3::INTEGER AS partition, record_offset, make_timestamptz(micros) AS timestamp,
        make_timestamptz(1517363399650000) AS append_time, key, value, headers
      FROM (VALUES
        (1000::BIGINT, 1517363399650000, 'k'::BLOB, '\\xFF\\x00v'::BLOB, []),
        (1400::BIGINT, 0, NULL, NULL, []),
        (1999::BIGINT, -86400001000, ''::BLOB, ''::BLOB,
          [{'name': 'ü', 'value': NULL}, {'name': '', 'value': ''::BLOB},
           {'name': 'ü', 'value': 'x'::BLOB}]::STRUCT(name VARCHAR, value BLOB)[])
      ) AS t(record_offset, micros, key, value, headers)\
      """;

  private final DuckDbFileReader reader = new DuckDbFileReader(256 << 20);

  @TempDir Path folder;

  @Test
  void sumsUpRecordsAsTheCodecDoes() throws SQLException {
    assertThat(reader.sums(file(ROWS), RANGE)).isEqualTo(ours());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'k'::BLOB           | 'K'::BLOB           | 1000",
        "'\\xFF\\x00v'       | '\\xFE\\x00v'       | 1000",
        "NULL, NULL, []      | NULL, ''::BLOB, []  | 1400",
        "'ü', 'value': NULL  | 'ü', 'value': ''::BLOB | 1999",
        "''::BLOB, ''::BLOB  | ''::BLOB, NULL      | 1999",
        "-86400001000        | -86400001001        | 1999",
        "1400::BIGINT        | 1401::BIGINT        | 1400",
        "3::INTEGER          | 4::INTEGER          | all",
        "1517363399650000) AS append | 1517363399651000) AS append | all",
      })
  void findsOutWhatDiffers(String was, String becomes, String where) throws SQLException {
    assertThat(ROWS).contains(was);
    List<OffsetRange> differences =
        ours().differences(reader.sums(file(ROWS.replace(was, becomes)), RANGE));

    if (where.equals("all")) {
      assertThat(differences).hasSize(3);
    } else {
      assertThat(differences)
          .singleElement()
          .matches(range -> range.contains(Long.parseLong(where)));
    }
  }

  @Test
  void countsRowsThatAreThereTwiceOrOutOfRange() throws SQLException {
    ContentSums twice = reader.sums(file(ROWS + " UNION ALL " + ROWS), RANGE);
    assertThat(twice.records()).isEqualTo(6);
    assertThat(ours().differences(twice)).hasSize(3);

    String outside = ROWS.replace("1400::BIGINT", "7::BIGINT");
    assertThat(ours().differences(reader.sums(file(outside), RANGE))).hasSize(2);
  }

  @Test
  void saysThatItCannotReadAFile() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.parquet"), "no Parquet");
    assertThatThrownBy(() -> reader.sums(broken, RANGE))
        .isInstanceOfSatisfying(
            ThermoclineException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CORRUPT))
        .hasMessageContaining("DuckDB can't read it");
    Path less = file("SELECT 1::BIGINT AS record_offset");
    assertThatThrownBy(() -> reader.sums(less, RANGE)).hasMessageContaining("DuckDB can't read it");
  }

  private static ContentSums ours() {
    byte[] name = "ü".getBytes(StandardCharsets.UTF_8);
    byte[] value = {(byte) 0xFF, 0, 'v'};
    byte[] letters = {'k', 'x'};
    RecordSums sums = new RecordSums(3, RANGE);
    sums.begin(1_000, 1_517_363_399_650L, 1_517_363_399_650L, letters, 0, 1, value, 0, 3);
    sums.end();
    sums.begin(1_400, 0, 1_517_363_399_650L, NONE, 0, -1, NONE, 0, -1);
    sums.end();
    sums.begin(1_999, -86_400_001L, 1_517_363_399_650L, NONE, 0, 0, NONE, 0, 0);
    sums.header(name, 0, 2, NONE, 0, -1);
    sums.header(NONE, 0, 0, NONE, 0, 0);
    sums.header(name, 0, 2, letters, 1, 1);
    sums.end();
    return sums.sums();
  }

  private Path file(String rows) throws SQLException {
    Path file = folder.resolve(Integer.toHexString(rows.hashCode()) + ".parquet");
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement copy = duckDb.createStatement()) {
      copy.execute("COPY (%s) TO '%s' (FORMAT parquet)".formatted(rows, file));
    }
    return file;
  }
}
