package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.Cell;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.QueryResponse;
import io.thermocline.proto.v1.QueryServiceGrpc;
import io.thermocline.proto.v1.Row;
import io.thermocline.proto.v1.RunTieringRequest;
import io.thermocline.testkit.Await;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a query answers, piece by piece, and how many answers are held for slow readers. */
class QueryAnswersIT {
  private static final int ROWS = 400_000;
  private static final int STATEMENTS = 12;

  @Test
  void readersThatTakeNothingHoldABoundedNumberOfAnswers() {
    try (OpenGateway gateway = new OpenGateway()) {
      List<Stalled> stalled = new ArrayList<>();
      for (int i = 0; i <= GatewaySettings.defaults().pools().statements(); i++) {
        Stalled reader = new Stalled();
        QueryServiceGrpc.newStub(gateway.channel).query(request(ROWS), reader);
        stalled.add(reader);
      }
      Await.until("one too many is refused", () -> ended(stalled).size() == 1);
      assertThat(Status.fromThrowable(ended(stalled).get(0).failure).getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(refused(gateway)).isTrue();
      stalled.forEach(reader -> reader.call.cancel("enough", null));
      Await.until("there is a place again", () -> !refused(gateway));
    }
  }

  @Test
  void asManyStatementsRunAtOnceAsTheSettingsSayAndHoldUpNoTieringRun() {
    try (OpenGateway gateway = new OpenGateway(settings -> settings.taking(STATEMENTS))) {
      gateway.create("t", 1);
      gateway.sql.meet(STATEMENTS);
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int i = 1; i < STATEMENTS; i++) {
        answers.add(together(gateway));
      }
      Await.until("all but one wait", () -> gateway.sql.waiting() == STATEMENTS - 1);
      assertThat(
              gateway
                  .tieringCalls()
                  .runTiering(RunTieringRequest.newBuilder().setTopic("t").build())
                  .getMovesCount())
          .isOne();
      answers.add(together(gateway));
      assertThat(answers.stream().map(Await::result)).hasSize(STATEMENTS).containsOnly(1);
    }
  }

  private static CompletableFuture<Integer> together(OpenGateway gateway) {
    return CompletableFuture.supplyAsync(
        () -> query(gateway, "SELECT together", 0).size(), task -> new Thread(task).start());
  }

  @Test
  void rowsComeInPiecesWithNullsAndSaysWhatWasCutOff() {
    try (OpenGateway gateway = new OpenGateway()) {
      List<QueryResponse> pieces = query(gateway, "SELECT 200000", 150_000);
      assertThat(pieces.size()).isGreaterThan(1);
      List<Row> rows = pieces.stream().flatMap(piece -> piece.getRowsList().stream()).toList();
      assertThat(rows).hasSize(150_000);
      assertThat(rows.get(149_999).getCells(0).getText()).isEqualTo("149999");
      assertThat(rows.get(0).getCells(1)).isEqualTo(Cell.getDefaultInstance());
      assertThat(pieces.get(0).getColumnsCount()).isEqualTo(2);
      assertThat(pieces.get(1).getColumnsCount()).isZero();
      assertThat(pieces).filteredOn(QueryResponse::getTruncated).hasSize(1);
      assertThat(pieces.get(pieces.size() - 1).getTruncated()).isTrue();
      assertThat(query(gateway, "SELECT 0", 0).get(0).getColumnsCount()).isEqualTo(2);
      Refusals.refused(ErrorKind.INVALID, () -> query(gateway, "DROP TABLE t", 0));
      Refusals.refused(ErrorKind.INVALID, () -> query(gateway, "SELECT 1", -1));
    }
  }

  private static List<QueryResponse> query(OpenGateway gateway, String sql, int maxRows) {
    List<QueryResponse> pieces = new ArrayList<>();
    gateway
        .queryCalls()
        .query(QueryRequest.newBuilder().setSql(sql).setMaxRows(maxRows).build())
        .forEachRemaining(pieces::add);
    return pieces;
  }

  private static List<Stalled> ended(List<Stalled> readers) {
    return readers.stream().filter(reader -> reader.failure != null).toList();
  }

  private static boolean refused(OpenGateway gateway) {
    try {
      return rows(gateway) != 1;
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      return true;
    }
  }

  private static int rows(OpenGateway gateway) {
    int rows = 0;
    Iterator<QueryResponse> pieces =
        QueryServiceGrpc.newBlockingStub(gateway.channel).query(request(1));
    while (pieces.hasNext()) {
      rows += pieces.next().getRowsCount();
    }
    return rows;
  }

  private static QueryRequest request(int rows) {
    return QueryRequest.newBuilder().setSql("SELECT " + rows).setMaxRows(ROWS).build();
  }

  /** Asks for no message at all. */
  private static final class Stalled
      implements ClientResponseObserver<QueryRequest, QueryResponse> {
    private volatile ClientCallStreamObserver<QueryRequest> call;
    private volatile Throwable failure;

    @Override
    public void beforeStart(ClientCallStreamObserver<QueryRequest> started) {
      started.disableAutoRequestWithInitial(0);
      call = started;
    }

    @Override
    public void onNext(QueryResponse response) {}

    @Override
    public void onError(Throwable ended) {
      failure = ended;
    }

    @Override
    public void onCompleted() {}
  }
}
