package io.thermocline.gateway;

import io.grpc.stub.ServerCallStreamObserver;
import io.thermocline.proto.v1.QueryResponse;
import io.thermocline.proto.v1.Row;
import io.thermocline.query.SqlEngine;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One statement's answer, sent piece by piece as the peer takes it. Guarded by itself. */
final class QueryAnswer {
  private static final int PIECE_BYTES = 1 << 20;

  private final ServerCallStreamObserver<QueryResponse> out;
  private Optional<SqlEngine.Result> result = Optional.empty();
  private int sentRows;
  private boolean over;

  QueryAnswer(ServerCallStreamObserver<QueryResponse> out) {
    this.out = out;
    out.setOnReadyHandler(this::send);
    out.setOnCancelHandler(this::forget);
  }

  void run(Supplier<SqlEngine.Result> statement) {
    if (out.isCancelled()) {
      return;
    }
    try {
      SqlEngine.Result found = statement.get();
      synchronized (this) {
        result = Optional.of(found);
      }
      send();
    } catch (RuntimeException failure) {
      synchronized (this) {
        if (!over) {
          over = true;
          out.onError(failure);
        }
      }
    }
  }

  private synchronized void forget() {
    over = true;
    result = Optional.empty();
  }

  private synchronized void send() {
    while (!over && result.isPresent() && out.isReady()) {
      over = sendPiece(result.get());
      if (over) {
        out.onCompleted();
        result = Optional.empty();
      }
    }
  }

  /** Sends the next rows. Returns whether they were the last. */
  private boolean sendPiece(SqlEngine.Result found) {
    QueryResponse.Builder piece = QueryResponse.newBuilder();
    if (sentRows == 0) {
      found
          .columns()
          .forEach(
              column -> piece.addColumnsBuilder().setName(column.name()).setType(column.type()));
    }
    List<List<Optional<String>>> rows = found.rows();
    long bytes = 0;
    while (sentRows < rows.size() && bytes < PIECE_BYTES) {
      Row row = row(rows.get(sentRows++));
      bytes += row.getSerializedSize();
      piece.addRows(row);
    }
    boolean last = sentRows == rows.size();
    out.onNext(piece.setTruncated(last && found.truncated()).build());
    return last;
  }

  private static Row row(List<Optional<String>> cells) {
    Row.Builder row = Row.newBuilder();
    for (Optional<String> cell : cells) {
      cell.ifPresentOrElse(
          text -> row.addCellsBuilder().setText(text), () -> row.addCellsBuilder());
    }
    return row.build();
  }
}
