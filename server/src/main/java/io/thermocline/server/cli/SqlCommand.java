package io.thermocline.server.cli;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.QueryRows;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thermocline sql}. */
@Command(
    name = "sql",
    description = {
      "Run one SELECT over the cold tables. A topic's table has its name in lower case, '.' and '-' as '_'.",
      "Columns: partition, record_offset, timestamp, append_time, key, value, headers. Key and value are bytes:",
      "decode(value) is text, json_extract_string(decode(value), '$.a.b') a field of JSON.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline sql \"SELECT count(*) FROM quakes\"",
      "  thermocline sql \"SELECT date_trunc('day', timestamp) AS day, count(*) FROM quakes GROUP BY 1\""
          + " --format csv",
    })
final class SqlCommand implements Runnable {

  /** How rows are printed. */
  enum Format {
    TABLE,
    CSV,
    JSON
  }

  @Parameters(paramLabel = "SELECT", description = "The query.")
  private String sql;

  @Option(
      names = "--format",
      paramLabel = "table|csv|json",
      defaultValue = "table",
      description = "json: one object a row, on one line. Default: table.")
  private Format format;

  @Option(
      names = "--max-rows",
      paramLabel = "N",
      defaultValue = "10000",
      converter = Limits.Count.class,
      description = "At most this many rows. Default: 10000.")
  private int maxRows;

  @Mixin private ServerOption server;
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try (ThermoclineClient client = server.connect();
        QueryRows rows = client.admin().query(sql, maxRows)) {
      switch (format) {
        case TABLE -> table(out, rows);
        case CSV -> csv(out, rows);
        case JSON -> json(out, rows);
      }
      out.flush();
      if (rows.truncated()) {
        spec.commandLine()
            .getErr()
            .println("thermocline: there are more rows than --max-rows " + maxRows);
      }
    }
  }

  private static void table(PrintWriter out, QueryRows rows) {
    Table table = new Table(names(rows));
    long count = 0;
    for (List<Optional<String>> row : rows) {
      table.row(row.stream().map(cell -> cell.orElse("NULL")).toArray());
      count++;
    }
    table.print(out);
    out.println(count == 1 ? "(1 row)" : "(" + count + " rows)");
  }

  private static void csv(PrintWriter out, QueryRows rows) {
    out.print(csvLine(names(rows)));
    for (List<Optional<String>> row : rows) {
      out.print(csvLine(row.stream().map(cell -> cell.orElse("")).toList()));
    }
  }

  /**
   * Quoted as RFC 4180 has it, with this system's kind of lines; an empty cell is NULL or empty.
   */
  private static String csvLine(List<String> cells) {
    List<String> quoted = new ArrayList<>();
    for (String cell : cells) {
      boolean special = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      quoted.add(special ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    return String.join(",", quoted) + "\n";
  }

  private static void json(PrintWriter out, QueryRows rows) {
    for (List<Optional<String>> row : rows) {
      Map<String, Object> object = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        QueryRows.ColumnInfo column = rows.columns().get(i);
        object.put(column.name(), value(column.type(), row.get(i)));
      }
      out.println(Json.line(object));
    }
  }

  /** Numbers and truths as JSON's own, everything else as text. */
  private static Object value(String type, Optional<String> cell) {
    if (cell.isEmpty()) {
      return null;
    }
    String text = cell.get();
    return switch (type) {
      case "BOOLEAN" -> Boolean.valueOf(text);
      case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
          Long.valueOf(text);
      case "FLOAT", "DOUBLE" -> {
        double number = Double.parseDouble(text);
        yield Double.isFinite(number) ? (Object) number : text;
      }
      default -> text;
    };
  }

  private static List<String> names(QueryRows rows) {
    return rows.columns().stream().map(QueryRows.ColumnInfo::name).toList();
  }
}
