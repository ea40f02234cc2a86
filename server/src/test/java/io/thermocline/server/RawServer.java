package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.thermocline.model.BatchContent;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.ListTopicsRequest;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.QueryServiceGrpc;
import io.thermocline.proto.v1.ReadRequest;
import io.thermocline.proto.v1.ReadResponse;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.proto.v1.RunTieringRequest;
import io.thermocline.proto.v1.StartPosition;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.proto.v1.TieringServiceGrpc;
import io.thermocline.proto.v1.TopicServiceGrpc;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.S3Server;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A server over an S3 store with topic {@code good}, and what a test says to it word for word. It
 * knows what was acknowledged, and sees after each case that all of it is there.
 */
final class RawServer implements AutoCloseable {
  static final int LIMIT = 32 << 20;
  private static final int TIERED = 30;

  final S3Server s3 = S3Server.start();
  final List<String> acknowledged = new ArrayList<>();
  final ManagedChannel channel;
  private final ThermoclineServer server;

  /** Records in the table, of those acknowledged. */
  private int tiered;

  RawServer(Path folder) {
    server =
        ThermoclineServer.open(
            Configuration.load(
                Optional.empty(),
                Map.of("STORE_KEY", S3Server.ACCESS_KEY, "STORE_SECRET", S3Server.SECRET_KEY),
                List.of(
                    "data.dir=" + folder.resolve("data"),
                    "grpc.port=0",
                    "http.port=0",
                    "storage.minFree=1MiB",
                    "storage.warehouse=s3://" + s3.newBucket() + "/lake",
                    "storage.s3.endpoint=" + s3.endpoint(),
                    "storage.s3.accessKey=env:STORE_KEY",
                    "storage.s3.secretKey=env:STORE_SECRET",
                    "storage.requestTimeout=1s")),
            InstantSource.system());
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .maxInboundMessageSize(2 * LIMIT)
            .build();
    create("good");
    for (int i = 0; i < TIERED; i++) {
      appendOne();
    }
    tierAll();
  }

  /** Tiers and trims all that was acknowledged. */
  void tierAll() {
    tiered = acknowledged.size();
    var moves =
        TieringServiceGrpc.newBlockingStub(channel)
            .runTiering(RunTieringRequest.newBuilder().setTopic("good").setTrimAll(true).build());
    assertThat(moves.getMovesList()).singleElement().matches(m -> m.getHotStart() == tiered);
  }

  int tiered() {
    return tiered;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    s3.close();
  }

  /** One record more, and everything there is, from the cold tier into the hot one. */
  void nothingIsLostAndItServes() {
    s3.faults().clear();
    appendOne();
    assertThat(readAll()).isEqualTo(acknowledged);
    assertThat(topics()).containsExactly("good");
  }

  void create(String name) {
    var unused =
        TopicServiceGrpc.newBlockingStub(channel)
            .createTopic(CreateTopicRequest.newBuilder().setName(name).build());
  }

  List<String> topics() {
    return TopicServiceGrpc.newBlockingStub(channel)
        .listTopics(ListTopicsRequest.getDefaultInstance())
        .getTopicsList()
        .stream()
        .map(topic -> topic.getName())
        .toList();
  }

  /** Appends one record more that the server must have from then on. */
  void appendOne() {
    String value = "v" + acknowledged.size();
    appendGood(value);
  }

  /** As {@link #appendOne}, with this value. */
  void appendGood(String value) {
    append("good", 0, value);
    acknowledged.add(value);
  }

  void append(String topic, int partition, String value) {
    var unused =
        StreamServiceGrpc.newBlockingStub(channel)
            .append(
                AppendRequest.newBuilder()
                    .setTopic(topic)
                    .setPartition(partition)
                    .addRecords(PlainRecord.newBuilder().setValue(ByteString.copyFromUtf8(value)))
                    .build());
  }

  ReadResponse read(String topic, long offset) {
    return StreamServiceGrpc.newBlockingStub(channel)
        .read(
            ReadRequest.newBuilder()
                .setTopic(topic)
                .setStart(StartPosition.newBuilder().setOffset(offset))
                .setMaxRecords(10_000)
                .setMaxResponseBytes(2 * LIMIT)
                .build());
  }

  List<String> readAll() {
    List<String> values = new ArrayList<>();
    long next = 0;
    ReadResponse answer;
    do {
      answer = read("good", next);
      answer.getRecordsList().forEach(record -> values.add(record.getValue().toStringUtf8()));
      next = answer.getNextOffset();
    } while (next < answer.getEnd());
    return values;
  }

  static BatchContent content(String value) {
    return TestBatches.content(StoredRecord.of(0, Records.NOON, "k", value));
  }

  static RecordBatch wire(BatchContent content) {
    return RecordBatch.newBuilder()
        .setRecordCount(content.count())
        .setLastOffsetDelta(content.lastOffsetDelta())
        .setCompressionValue(content.compression().code() + 1)
        .setUncompressedSize(content.uncompressedBytes())
        .setBaseTimestamp(content.baseTimestampMillis())
        .setAttributes(content.attributes())
        .setCrc32C(content.crc32c())
        .setPayload(bytes(content.payload()))
        .build();
  }

  private static ByteString bytes(ByteBuffer payload) {
    return ByteString.copyFrom(payload.duplicate());
  }

  ProduceResponse produce(String topic, BatchContent content) {
    return produce(topic, wire(content));
  }

  ProduceResponse produce(String topic, RecordBatch batch) {
    First<ProduceResponse> answers = new First<>();
    StreamObserver<ProduceRequest> requests = StreamServiceGrpc.newStub(channel).produce(answers);
    requests.onNext(
        ProduceRequest.newBuilder().setRequestId(7).setTopic(topic).setBatch(batch).build());
    ProduceResponse answer = Await.result(answers.answer);
    requests.onCompleted();
    Await.result(answers.end);
    assertThat(answer.getRequestId()).isEqualTo(7);
    return answer;
  }

  /** The error that a partition of a fetch stream meets. */
  com.google.rpc.Status fetch(String topic, StartPosition start) {
    First<FetchResponse> answers = new First<>();
    StreamObserver<FetchRequest> requests = StreamServiceGrpc.newStub(channel).fetch(answers);
    requests.onNext(
        FetchRequest.newBuilder()
            .setAdd(
                AddPartition.newBuilder()
                    .setTopic(topic)
                    .setStart(start)
                    .setCreditBytes(Long.MAX_VALUE))
            .build());
    FetchResponse answer = Await.result(answers.answer);
    requests.onCompleted();
    Await.result(answers.end);
    return answer.getError();
  }

  String query(String sql) {
    return QueryServiceGrpc.newBlockingStub(channel)
        .query(QueryRequest.newBuilder().setSql(sql).build())
        .next()
        .getRows(0)
        .getCells(0)
        .getText();
  }

  /** The first answer of a stream, and its end. */
  private static final class First<A> implements StreamObserver<A> {
    final CompletableFuture<A> answer = new CompletableFuture<>();
    final CompletableFuture<Boolean> end = new CompletableFuture<>();

    @Override
    public void onNext(A next) {
      answer.complete(next);
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(failure);
      end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      end.complete(true);
    }
  }
}
