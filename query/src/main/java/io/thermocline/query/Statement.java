package io.thermocline.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What DuckDB's own parser says of a statement, before any of it runs.
 *
 * @param tables names it reads from, in lower case; those of its own common table expressions are
 *     among them
 * @param listsTables whether it asks which tables there are
 */
record Statement(Set<String> tables, boolean listsTables) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Parses a statement.
   *
   * @throws ThermoclineException {@link ErrorKind#INVALID} unless it is exactly one SELECT: DuckDB
   *     turns nothing else into JSON
   */
  static Statement parse(Connection duckDb, String sql) throws SQLException {
    JsonNode tree = serialize(duckDb, sql);
    if (tree.path("error").asBoolean()) {
      String problem = tree.path("error_message").asText();
      if (tree.path("error_type").asText().equals("not implemented")) {
        problem = "only SELECT is allowed, the tables are read-only";
      }
      throw refused(problem);
    }
    int statements = tree.path("statements").size();
    if (statements != 1) {
      throw refused("it has " + statements + " statements, exactly one SELECT is allowed");
    }
    Set<String> tables = new TreeSet<>();
    for (JsonNode name : tree.findValues("table_name")) {
      String table = name.asText().toLowerCase(Locale.ROOT);
      if (!table.isEmpty()) {
        tables.add(table.replaceAll("^\"|\"$", ""));
      }
    }
    boolean lists =
        tree.findValuesAsText("type").contains("SHOW_REF")
            || tree.findValuesAsText("schema_name").contains("information_schema");
    return new Statement(tables, lists);
  }

  private static JsonNode serialize(Connection duckDb, String sql) throws SQLException {
    try (PreparedStatement parse =
        duckDb.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)")) {
      parse.setString(1, sql);
      try (ResultSet answer = parse.executeQuery()) {
        if (!answer.next()) {
          throw new SQLException("json_serialize_sql gave no row");
        }
        return JSON.readTree(answer.getString(1));
      }
    } catch (JsonProcessingException e) {
      throw new SQLException("json_serialize_sql gave no JSON", e);
    }
  }

  static ThermoclineException refused(String problem) {
    return new ThermoclineException(ErrorKind.INVALID, "SQL refused: " + problem);
  }
}
