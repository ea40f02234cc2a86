package io.thermocline.client.admin;

import io.thermocline.client.wire.AnswerParts;
import io.thermocline.proto.v1.Cell;
import io.thermocline.proto.v1.Column;
import io.thermocline.proto.v1.QueryResponse;
import io.thermocline.proto.v1.Row;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A query's answer, row by row as it comes. Close it, also when it was read to the end. For one
 * thread, and to be iterated once.
 */
public final class QueryRows implements Iterable<List<Optional<String>>>, AutoCloseable {

  /**
   * One column.
   *
   * @param name its name
   * @param type DuckDB's name of its type
   */
  public record ColumnInfo(String name, String type) {}

  private final AnswerParts<QueryResponse> parts;
  private final List<ColumnInfo> columns;
  private Iterator<Row> rows;
  private boolean truncated;

  /** Waits for the first response, so that a query that can't run fails here. */
  QueryRows(AnswerParts<QueryResponse> parts) {
    this.parts = parts;
    QueryResponse first = next();
    this.columns = first.getColumnsList().stream().map(QueryRows::column).toList();
    this.rows = first.getRowsList().iterator();
  }

  /** In the order of the cells. */
  public List<ColumnInfo> columns() {
    return columns;
  }

  /** Whether rows were cut off at the limit; known once all rows were read. */
  public boolean truncated() {
    return truncated;
  }

  /** Each row's cells as text; empty is NULL. */
  @Override
  public Iterator<List<Optional<String>>> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (!rows.hasNext() && parts.hasNext()) {
          rows = QueryRows.this.next().getRowsList().iterator();
        }
        return rows.hasNext();
      }

      @Override
      public List<Optional<String>> next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return rows.next().getCellsList().stream().map(QueryRows::cell).toList();
      }
    };
  }

  /** Ends the query, if it still runs. */
  @Override
  public void close() {
    parts.close();
    rows = List.<Row>of().iterator();
  }

  private QueryResponse next() {
    if (!parts.hasNext()) {
      return QueryResponse.getDefaultInstance();
    }
    QueryResponse response = parts.next();
    truncated |= response.getTruncated();
    return response;
  }

  private static ColumnInfo column(Column column) {
    return new ColumnInfo(column.getName(), column.getType());
  }

  private static Optional<String> cell(Cell cell) {
    return cell.hasText() ? Optional.of(cell.getText()) : Optional.empty();
  }
}
