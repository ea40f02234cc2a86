package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.QueryResponse;
import io.thermocline.proto.v1.QueryServiceGrpc;
import io.thermocline.proto.v1.ReadRequest;
import io.thermocline.proto.v1.ReadResponse;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Readers that take no larger messages than gRPC does by itself, and what they are told. */
class ResponseLimitIT extends FetchCases {
  private static final int MIB = 1 << 20;

  /** What a reader of four MiB can be sent in one batch, to a few KiB. */
  private static final int NEARLY = 4 * MIB - 4 * KIB;

  private ManagedChannel channel;

  /** A client that set nothing. */
  private void connect() {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.server.port()).usePlaintext().build();
  }

  private FetchCall fetch() {
    connect();
    return new FetchCall(channel);
  }

  private ReadResponse read(ReadRequest.Builder request) {
    return StreamServiceGrpc.newBlockingStub(channel).read(request.setTopic("t").build());
  }

  @AfterEach
  void closeChannel() throws InterruptedException {
    if (channel != null) {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Appends one record of so many bytes. */
  private StoredRecord appendLarge(TopicPartition id, long offset, int bytes) {
    StoredRecord record = large(offset, bytes);
    gateway.append(id, List.of(record));
    return record;
  }

  private static StoredRecord large(long offset, int bytes) {
    return new StoredRecord(offset, Records.NOON, null, Bytes.of(new byte[bytes]), List.of());
  }

  private static ErrorInfo info(com.google.rpc.Status status) {
    return ErrorStatusesTest.detail(status, ErrorInfo.class).orElseThrow();
  }

  @Test
  void batchThatDoesNotFitStopsItsPartitionInBandAndNoOther() {
    TopicPartition id = gateway.partition("t");
    TopicPartition other = gateway.partition("other");
    append(id, 0, 1);
    gateway.append(id, List.of(large(10, 2 * MIB), large(11, 2 * MIB)));
    gateway.append(id, Records.plain(12, 8));
    append(other, 0, 1);

    FetchCall fetch = fetch();
    fetch.add(FetchCall.partition("other", FetchCall.earliest()).setFollow(true));
    assertThat(FetchCall.records(fetch.until(FetchResponse::getCaughtUp))).hasSize(10);
    fetch.add(FetchCall.partition("t", FetchCall.earliest()));
    List<FetchResponse> responses = fetch.until(FetchResponse::hasError);

    assertThat(FetchCall.records(responses)).isEqualTo(Records.plain(0, 10));
    FetchResponse last = responses.get(responses.size() - 1);
    assertThat(last.getNextOffset()).isEqualTo(10);
    assertThat(last.getEnd()).isEqualTo(20);
    com.google.rpc.Status error = Refusals.check(ErrorKind.INVALID, last.getError());
    assertThat(Refusals.fields(error)).containsExactly("add.max_response_bytes");
    assertThat(error.getMessage()).contains("[10, 12)", "4194304", "offset 12");
    assertThat(info(error).getMetadataMap())
        .containsEntry("from", "10")
        .containsEntry("resumeAt", "12")
        .containsEntry("limit", "4194304");

    append(other, 1, 2);
    assertThat(FetchCall.records(fetch.next())).isEqualTo(from(10, Records.plain(0, 20)));
    fetch.seek("t", FetchCall.offset(12), 2);
    assertThat(FetchCall.records(fetch.untilDone())).isEqualTo(Records.plain(12, 8));

    // As much as it said is enough: the other channel takes it.
    fetch.remove("t");
    FetchCall roomy = gateway.fetch();
    int needed = Integer.parseInt(info(error).getMetadataOrThrow("bytes"));
    roomy.add(partition(10).setMaxResponseBytes(needed - 1));
    assertThat(roomy.next().hasError()).isTrue();
    roomy.remove("t");
    roomy.add(partition(10).setMaxResponseBytes(needed));
    assertThat(FetchCall.records(roomy.untilDone())).hasSize(10);
    roomy.cancel();
    fetch.cancel();
  }

  private static AddPartition.Builder partition(long from) {
    return FetchCall.partition("t", FetchCall.offset(from));
  }

  @Test
  void largestBatchThatFitsIsTakenByClientsThatSetNothing() {
    TopicPartition id = gateway.partition("t");
    List<StoredRecord> records = new ArrayList<>(Records.plain(0, 10));
    gateway.append(id, records);
    records.add(appendLarge(id, 10, NEARLY));
    records.add(appendLarge(id, 11, NEARLY));
    FetchCall fetch = fetch();
    fetch.add(partition(0));
    assertThat(FetchCall.records(fetch.untilDone())).isEqualTo(records);
    assertThat(read(ReadRequest.newBuilder()).getRecordsCount()).isEqualTo(10);
    assertThat(read(ReadRequest.newBuilder().setStart(FetchCall.offset(10))).getNextOffset())
        .isEqualTo(11);
    fetch.cancel();
  }

  @Test
  void noResponseIsLargerThanASmallReaderTakes() {
    TopicPartition id = gateway.partition("t");
    for (int batch = 0; batch < 100; batch++) {
      gateway.append(id, Records.plain(batch * 300L, 300));
    }
    FetchCall fetch = fetch();
    fetch.add(partition(0).setMaxResponseBytes(64 * KIB));
    List<FetchResponse> responses = fetch.untilDone();
    assertThat(FetchCall.records(responses)).isEqualTo(Records.plain(0, 30_000));
    assertThat(responses).allMatch(response -> response.getSerializedSize() <= 64 * KIB);
    ReadRequest.Builder read =
        ReadRequest.newBuilder().setMaxRecords(10_000).setMaxResponseBytes(64 * KIB);
    ReadResponse first = read(read);
    assertThat(first.getSerializedSize()).isLessThanOrEqualTo(64 * KIB);
    assertThat(first.getNextOffset()).isBetween(100L, 9_999L);
    fetch.cancel();
  }

  @Test
  void limitWithoutRoomForAnyAnswerIsRefused() {
    gateway.partition("t");
    FetchCall fetch = fetch();
    Refusals.refused(
        ErrorKind.INVALID, () -> read(ReadRequest.newBuilder().setMaxResponseBytes(0)));
    fetch.add(partition(0).setMaxResponseBytes(64 * KIB - 1));
    com.google.rpc.Status end = Refusals.ended(ErrorKind.INVALID, fetch.received.end());
    assertThat(Refusals.fields(end)).containsExactly("add.max_response_bytes");
  }

  @Test
  void readEndsBeforeARecordThatDoesNotFitAndThenNamesIt() {
    TopicPartition id = gateway.partition("t");
    append(id, 0, 1);
    appendLarge(id, 10, 5 * MIB);
    append(id, 2, 3);
    FetchCall unused = fetch();
    ReadResponse before = read(ReadRequest.newBuilder());
    assertThat(before.getRecordsCount()).isEqualTo(10);
    assertThat(before.getNextOffset()).isEqualTo(10);
    com.google.rpc.Status error =
        Refusals.refused(
            ErrorKind.INVALID, () -> read(ReadRequest.newBuilder().setStart(FetchCall.offset(10))));
    assertThat(Refusals.fields(error)).containsExactly("max_response_bytes");
    assertThat(info(error).getMetadataMap()).containsEntry("resumeAt", "11");
    int needed = Integer.parseInt(info(error).getMetadataOrThrow("bytes"));
    ReadResponse large =
        gateway
            .streamCalls()
            .read(
                ReadRequest.newBuilder()
                    .setTopic("t")
                    .setStart(FetchCall.offset(10))
                    .setMaxRecords(1)
                    .setMaxResponseBytes(needed)
                    .build());
    assertThat(large.getRecords(0).getValue().size()).isEqualTo(5 * MIB);
    unused.cancel();
  }

  /** Three rows of a text each. */
  private static List<QueryResponse> query(
      QueryServiceGrpc.QueryServiceBlockingStub queries, int textBytes, OptionalInt limit) {
    QueryRequest.Builder request = QueryRequest.newBuilder().setSql("SELECT large " + textBytes);
    limit.ifPresent(request::setMaxResponseBytes);
    List<QueryResponse> pieces = new ArrayList<>();
    queries.query(request.build()).forEachRemaining(pieces::add);
    return pieces;
  }

  @Test
  void rowThatDoesNotFitIsToldByItsNumberAndSize() {
    connect();
    QueryServiceGrpc.QueryServiceBlockingStub plain = QueryServiceGrpc.newBlockingStub(channel);
    assertThat(query(plain, NEARLY, OptionalInt.empty())).hasSize(3);

    com.google.rpc.Status error =
        Refusals.refused(ErrorKind.INVALID, () -> query(plain, 4 * MIB, OptionalInt.empty()));
    assertThat(Refusals.fields(error)).containsExactly("max_response_bytes");
    assertThat(error.getMessage()).contains("row 1", "4194304");
    assertThat(info(error).getMetadataMap())
        .containsEntry("row", "1")
        .containsEntry("limit", "4194304");

    int needed = Integer.parseInt(info(error).getMetadataOrThrow("bytes"));
    QueryServiceGrpc.QueryServiceBlockingStub roomy = gateway.queryCalls();
    assertThat(query(roomy, 4 * MIB, OptionalInt.of(needed))).hasSize(3);
    for (int less : List.of(needed - 1, 64 * KIB - 1)) {
      Refusals.refused(ErrorKind.INVALID, () -> query(roomy, 4 * MIB, OptionalInt.of(less)));
    }
  }

  @Test
  void noAnswerOfAQueryIsLargerThanASmallReaderTakes() {
    List<QueryResponse> pieces = query(gateway.queryCalls(), 25 * KIB, OptionalInt.of(64 * KIB));
    assertThat(pieces).extracting(QueryResponse::getRowsCount).containsExactly(2, 1);
    assertThat(pieces).allMatch(piece -> piece.getSerializedSize() <= 64 * KIB);
  }
}
