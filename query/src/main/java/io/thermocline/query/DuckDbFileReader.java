package io.thermocline.query;

import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.SecondReader;
import io.thermocline.model.ThermoclineException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * DuckDB as the second reader: it reads a data file and sums up its records itself, with one thread
 * and bounded memory outside the Java heap, in a database of its own for each file.
 */
public final class DuckDbFileReader implements SecondReader {
  /** As {@code RecordSums} of the codec has it; see docs/formats.md. */
  private static final String SUMS =
      """
      SELECT (least(greatest(coalesce(record_offset, 0), %1$d), %2$d) - %1$d) // %3$d AS run,
        count(*) AS records,
        (sum(md5_number_lower(concat_ws(',', partition, record_offset, epoch_us(timestamp),
            epoch_us(append_time), coalesce(md5(key), '-'), coalesce(md5(value), '-'))
          || array_to_string(list_transform(headers, lambda header:
            ',' || md5(header.name) || '=' || coalesce(md5(header.value), '-')), ''))::HUGEINT)
          %% 18446744073709551616)::UBIGINT AS total
      FROM read_parquet(%4$s, hive_partitioning=false) GROUP BY run\
      """;

  private final long maxMemoryBytes;

  /**
   * @param maxMemoryBytes DuckDB's memory for one file
   */
  public DuckDbFileReader(long maxMemoryBytes) {
    this.maxMemoryBytes = maxMemoryBytes;
  }

  @Override
  public String name() {
    return "DuckDB";
  }

  @Override
  public ContentSums sums(Path file, OffsetRange range) {
    List<ContentSums.Run> runs =
        new ArrayList<>(Collections.nCopies(ContentSums.runs(range), new ContentSums.Run(0, 0)));
    String question =
        SUMS.formatted(
            range.from(),
            Math.max(range.from(), range.to() - 1),
            ContentSums.step(range),
            TopicViews.literal(file.toString()));
    try (Connection duckDb = DuckDb.open();
        Statement statement = duckDb.createStatement()) {
      statement.execute("SET memory_limit='" + maxMemoryBytes + "B'");
      statement.execute("SET threads=1");
      statement.execute("SET temp_directory=''");
      statement.execute("SET autoinstall_known_extensions=false");
      statement.execute("SET autoload_known_extensions=false");
      try (ResultSet answer = statement.executeQuery(question)) {
        while (answer.next()) {
          // Null where a record has no number at all, which no sum of ours is likely to equal.
          Object total = answer.getObject("total");
          runs.set(
              answer.getInt("run"),
              new ContentSums.Run(
                  answer.getLong("records"), total instanceof Number sum ? sum.longValue() : -1));
        }
      }
      return new ContentSums(range, runs);
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }

  private ThermoclineException failure(Path file, SQLException e) {
    String message = String.valueOf(e.getMessage());
    if (message.startsWith("Out of Memory")) {
      return new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "DuckDB needs more than %d bytes of memory for %s".formatted(maxMemoryBytes, file),
          e);
    }
    return new ThermoclineException(
        ErrorKind.CORRUPT, "DuckDB can't read it: " + message.lines().findFirst().orElse(""), e);
  }
}
