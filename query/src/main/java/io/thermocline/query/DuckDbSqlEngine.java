package io.thermocline.query;

import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.HotTier;
import io.thermocline.model.TableNames;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.Topic;
import io.thermocline.model.TopicRegistry;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * SQL by DuckDB, each statement in an in-memory database of its own.
 *
 * <p>A statement is parsed first and refused unless it is exactly one SELECT. Then the topics it
 * names become views, the database is shut off from everything but their files, and its settings
 * are locked: {@code enable_external_access=false} alone would still let {@code COPY} overwrite an
 * allowed file, which is why nothing but a SELECT gets this far.
 */
public final class DuckDbSqlEngine implements SqlEngine {
  /** Types whose cells can't be large. */
  private static final Set<String> FIXED_SIZE =
      Set.of(
          "BOOLEAN",
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT",
          "FLOAT",
          "DOUBLE",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMP WITH TIME ZONE",
          "INTERVAL",
          "UUID");

  /** What DuckDB is told to say of a cell that is. */
  private static final String TOO_LARGE = "thermocline: a cell is too large";

  /** What a cell takes in memory besides its text. */
  private static final int CELL_BYTES = 64;

  private final SqlSettings settings;
  private final TopicRegistry topics;
  private final HotTier hot;
  private final ColdTier cold;
  private final Semaphore turns;
  private final ScheduledExecutorService watch;

  /** An engine over the given tiers, which stay the caller's. */
  public DuckDbSqlEngine(SqlSettings settings, TopicRegistry topics, HotTier hot, ColdTier cold) {
    this.settings = settings;
    this.topics = topics;
    this.hot = hot;
    this.cold = cold;
    this.turns = new Semaphore(settings.maxConcurrent(), true);
    ScheduledThreadPoolExecutor watcher =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "sql-timeout");
              thread.setDaemon(true);
              return thread;
            });
    watcher.setRemoveOnCancelPolicy(true);
    this.watch = watcher;
  }

  @Override
  public Result query(String sql, int maxRows) {
    if (maxRows <= 0) {
      throw new ThermoclineException(
          ErrorKind.INVALID, "max_rows is " + maxRows + ": it is greater than zero");
    }
    try (TimeLimit time = TimeLimit.start(watch, settings.timeout())) {
      takeTurn();
      try {
        return query(sql, maxRows, time);
      } finally {
        turns.release();
      }
    }
  }

  private Result query(String sql, int maxRows, TimeLimit time) {
    try (Connection duckDb = open();
        TopicViews views = new TopicViews(hot, cold, time)) {
      Statement parsed = Statement.parse(duckDb, sql);
      createViews(duckDb, parsed, views);
      shutOff(duckDb, views.files());
      return run(duckDb, sql, maxRows, time);
    } catch (SQLException e) {
      throw translate(e);
    }
  }

  private void takeTurn() {
    boolean taken;
    try {
      taken = turns.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ThermoclineException(ErrorKind.TRANSIENT, "Interrupted while waiting", e);
    }
    if (!taken) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "%d statements run already, the limit, and none ended within %s: try later"
              .formatted(settings.maxConcurrent(), settings.timeout()));
    }
  }

  private Connection open() throws SQLException {
    Connection duckDb = DuckDb.open();
    try (java.sql.Statement set = duckDb.createStatement()) {
      set.execute("SET memory_limit='" + settings.maxMemoryBytes() + "B'");
      set.execute("SET threads=" + settings.threads());
      set.execute("SET temp_directory=''");
      set.execute("SET autoinstall_known_extensions=false");
      set.execute("SET autoload_known_extensions=false");
      set.execute("SET TimeZone='UTC'");
      return duckDb;
    } catch (SQLException e) {
      duckDb.close();
      throw e;
    }
  }

  private void createViews(Connection duckDb, Statement parsed, TopicViews views)
      throws SQLException {
    for (Topic topic : topics.list()) {
      if (parsed.tables().contains(TableNames.of(topic.name()))) {
        views.create(duckDb, topic);
      } else if (parsed.listsTables()) {
        views.createEmpty(duckDb, topic);
      }
    }
  }

  private static void shutOff(Connection duckDb, List<Path> files) throws SQLException {
    String allowed =
        files.stream()
            .map(file -> TopicViews.literal(file.toString()))
            .collect(Collectors.joining(", ", "[", "]"));
    try (java.sql.Statement set = duckDb.createStatement()) {
      set.execute("SET allowed_paths=" + allowed);
      set.execute("SET enable_external_access=false");
      set.execute("SET lock_configuration=true");
    }
  }

  private Result run(Connection duckDb, String sql, int maxRows, TimeLimit time)
      throws SQLException {
    List<Column> columns;
    try (PreparedStatement asked = duckDb.prepareStatement(sql)) {
      columns = columns(asked.getMetaData());
    }
    try (PreparedStatement statement = limited(duckDb, sql, columns, maxRows)) {
      time.stops(statement);
      try (ResultSet rows = statement.executeQuery()) {
        return read(columns, rows, maxRows);
      } catch (SQLException e) {
        throw time.or(e);
      } finally {
        time.close();
      }
    }
  }

  /**
   * The statement, cut off past the rows that are given out, for DuckDB holds an answer in memory
   * before it gives out the first row; and failing where a single cell is larger than an answer may
   * be, for that would be made on our heap before its size is known. It was parsed as one SELECT,
   * so it is whole between parentheses.
   */
  private PreparedStatement limited(
      Connection duckDb, String sql, List<Column> columns, int maxRows) throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> cells = new ArrayList<>();
    for (Column column : columns) {
      String name = "c" + names.size();
      names.add(name);
      cells.add(FIXED_SIZE.contains(column.type()) ? name : guarded(name, column.type()));
    }
    String one = sql.strip().replaceFirst("[;\\s]+$", "");
    return duckDb.prepareStatement(
        "SELECT %s FROM (%s\n) AS answer(%s) LIMIT %d"
            .formatted(String.join(", ", cells), one, String.join(", ", names), maxRows + 1L));
  }

  private String guarded(String name, String type) {
    String size = type.equals("BLOB") ? "octet_length(%s)" : "strlen(CAST(%s AS VARCHAR))";
    return "CASE WHEN %s > %d THEN error('%s') ELSE %s END"
        .formatted(size.formatted(name), settings.maxResultBytes(), TOO_LARGE, name);
  }

  private static List<Column> columns(ResultSetMetaData shape) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= shape.getColumnCount(); i++) {
      columns.add(new Column(shape.getColumnLabel(i), shape.getColumnTypeName(i)));
    }
    return columns;
  }

  private Result read(List<Column> columns, ResultSet rows, int maxRows) throws SQLException {
    List<List<Optional<String>>> read = new ArrayList<>();
    long bytes = 0;
    while (rows.next()) {
      if (read.size() == maxRows) {
        return new Result(columns, read, true);
      }
      List<Optional<String>> cells = new ArrayList<>(columns.size());
      for (int i = 1; i <= columns.size(); i++) {
        Optional<String> cell = Optional.ofNullable(text(rows, i, bytes));
        bytes += cell.map(String::length).orElse(0) + CELL_BYTES;
        checkSize(bytes);
        cells.add(cell);
      }
      read.add(cells);
    }
    return new Result(columns, read, false);
  }

  private void checkSize(long bytes) {
    if (bytes > settings.maxResultBytes()) {
      throw tooLarge();
    }
  }

  private ThermoclineException tooLarge() {
    return new ThermoclineException(
        ErrorKind.EXHAUSTED,
        "The answer is larger than %d bytes: select fewer rows or columns"
            .formatted(settings.maxResultBytes()));
  }

  /**
   * @param before size of the answer so far
   */
  private String text(ResultSet rows, int column, long before) throws SQLException {
    Object value = rows.getObject(column);
    if (value instanceof Blob blob) {
      checkSize(before + blob.length());
      return blobText(blob);
    }
    // The type leaves seconds out when they are 0.
    return value instanceof OffsetDateTime time
        ? time.toInstant().toString()
        : rows.getString(column);
  }

  /** As DuckDB writes it: printable ASCII as it is, every other byte as {@code \xHH}. */
  private static String blobText(Blob blob) throws SQLException {
    StringBuilder text = new StringBuilder();
    for (byte b : blob.getBytes(1, (int) blob.length())) {
      if (b >= ' ' && b < 0x7F && b != '\\' && b != '\'' && b != '"') {
        text.append((char) b);
      } else {
        text.append("\\x").append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return text.toString();
  }

  private ThermoclineException translate(SQLException e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    String lower = message.toLowerCase(Locale.ROOT);
    if (message.contains(TOO_LARGE)) {
      return tooLarge();
    }
    if (lower.startsWith("out of memory")) {
      return new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "The statement needs more than its %d bytes of memory: select fewer rows or columns"
              .formatted(settings.maxMemoryBytes()),
          e);
    }
    if (lower.startsWith("io error") || lower.contains("internal error")) {
      return new ThermoclineException(ErrorKind.INTERNAL, "DuckDB failed: " + message, e);
    }
    String known =
        lower.contains("table with name")
            ? topics.list().stream()
                .map(topic -> TableNames.of(topic.name()))
                .limit(20)
                .collect(Collectors.joining(", ", "\nTables: ", ""))
            : "";
    return new ThermoclineException(ErrorKind.INVALID, "SQL refused: " + message + known, e);
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
