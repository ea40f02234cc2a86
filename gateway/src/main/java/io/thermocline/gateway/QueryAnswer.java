package io.thermocline.gateway;

import com.google.protobuf.CodedOutputStream;
import io.grpc.stub.ServerCallStreamObserver;
import io.thermocline.gateway.wire.ResponseLimit;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.QueryResponse;
import io.thermocline.proto.v1.Row;
import io.thermocline.query.SqlEngine;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One statement's answer, sent piece by piece as the peer takes it. Guarded by itself. */
final class QueryAnswer {
  private static final int PIECE_BYTES = 1 << 20;

  /** What the mark takes that is set in the last response. */
  private static final int TRUNCATED_BYTES = 2;

  private final ServerCallStreamObserver<QueryResponse> out;
  private final ResponseLimit limit;
  private Optional<SqlEngine.Result> result = Optional.empty();
  private int sentRows;
  private final Runnable whenOver;
  private boolean over;

  /**
   * An answer to be.
   *
   * @param limit what no response may go over
   * @param whenOver called once, when it was sent, given up or failed and holds nothing any more
   */
  QueryAnswer(ServerCallStreamObserver<QueryResponse> out, ResponseLimit limit, Runnable whenOver) {
    this.out = out;
    this.limit = limit;
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
      fail(failure);
    }
  }

  private synchronized void fail(Throwable failure) {
    if (!over) {
      end();
      out.onError(failure);
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
    try {
      while (!over && result.isPresent() && out.isReady()) {
        if (sendPiece(result.get())) {
          out.onCompleted();
          end();
        }
      }
    } catch (ThermoclineException tooLarge) {
      fail(tooLarge);
    }
  }

  /**
   * Sends the next rows.
   *
   * @return whether they were the last
   * @throws ThermoclineException {@code INVALID} when the next one does not fit into a response
   */
  private boolean sendPiece(SqlEngine.Result found) {
    QueryResponse.Builder piece = QueryResponse.newBuilder();
    if (sentRows == 0) {
      found
          .columns()
          .forEach(
              column -> piece.addColumnsBuilder().setName(column.name()).setType(column.type()));
    }
    List<List<Optional<String>>> rows = found.rows();
    long bytes = (long) TRUNCATED_BYTES + piece.build().getSerializedSize();
    while (sentRows < rows.size() && bytes < PIECE_BYTES) {
      Row row = row(rows.get(sentRows));
      long with =
          bytes + CodedOutputStream.computeMessageSize(QueryResponse.ROWS_FIELD_NUMBER, row);
      if (with > limit.bytes() && piece.getRowsCount() > 0) {
        break;
      }
      if (with > limit.bytes()) {
        throw limit.exceededByRow(sentRows + 1L, with);
      }
      bytes = with;
      piece.addRows(row);
      sentRows++;
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
