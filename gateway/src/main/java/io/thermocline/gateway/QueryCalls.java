package io.thermocline.gateway;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.wire.ResponseLimit;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.QueryResponse;
import io.thermocline.proto.v1.QueryServiceGrpc;
import io.thermocline.query.SqlEngine;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** {@code QueryService}. */
final class QueryCalls extends QueryServiceGrpc.QueryServiceImplBase {
  private static final int DEFAULT_ROWS = 10_000;
  private static final int MAX_ROWS = 1_000_000;

  private final SqlEngine sql;
  private final Executor threads;
  private final int most;
  private final Semaphore answers;

  /**
   * Calls to the engine of {@code parts}.
   *
   * @param threads one for each statement that was taken
   * @param most statements that run or whose answer is being sent: an answer is held until its
   *     reader took it
   */
  QueryCalls(GatewayParts parts, Executor threads, int most) {
    this.sql = parts.sql();
    this.threads = threads;
    this.most = most;
    this.answers = new Semaphore(most);
  }

  @Override
  public void query(QueryRequest request, StreamObserver<QueryResponse> out) {
    if (request.getMaxRows() < 0 || request.getMaxRows() > MAX_ROWS) {
      throw Wire.invalid(
          "max_rows",
          "is %d: it is 0 (taken as %d) to %d"
              .formatted(request.getMaxRows(), DEFAULT_ROWS, MAX_ROWS));
    }
    int rows = request.getMaxRows() == 0 ? DEFAULT_ROWS : request.getMaxRows();
    ResponseLimit limit = ResponseLimit.of(request);
    if (!answers.tryAcquire()) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED,
          "%d statements run or wait for their reader to take the answer, the limit: try later"
              .formatted(most));
    }
    QueryAnswer answer =
        new QueryAnswer((ServerCallStreamObserver<QueryResponse>) out, limit, answers::release);
    try {
      threads.execute(() -> answer.run(() -> sql.query(request.getSql(), rows)));
    } catch (RuntimeException refused) {
      answer.forget();
      throw refused;
    }
  }
}
