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
  private final Runnable whenOver;
  private boolean over;

  /**
   * An answer to be.
   *
   * @param whenOver called once, when it was sent, given up or failed and holds nothing any more
   */
  QueryAnswer(ServerCallStreamObserver<QueryResponse> out, Runnable whenOver) {
    this.out = out;
    this.whenOver = whenOver;
    out.setOnReadyHandler(this::send);
    out.setOnCancelHandler(this::forget);
  }

  void run(Supplier<SqlEngine.Result> statement) {
    if (out.isCancelled()) {
      forget();
      return;
    }
    try {
      SqlEngine.Result found = statement.get();
      synchronized (this) {
        result = over ? Optional.empty() : Optional.of(found);
      }
      send();
    } catch (RuntimeException | Error failure) {
      synchronized (this) {
        if (!over) {
          end();
          out.onError(failure);
        }
      }
    }
  }

  /** Gives the answer up; harmless once it is over. */
  synchronized void forget() {
    if (!over) {
      end();
    }
  }

  private void end() {
    over = true;
    result = Optional.empty();
    whenOver.run();
  }

  private synchronized void send() {
    while (!over && result.isPresent() && out.isReady()) {
      if (sendPiece(result.get())) {
        out.onCompleted();
        end();
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
