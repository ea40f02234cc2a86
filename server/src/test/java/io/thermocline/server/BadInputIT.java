package io.thermocline.server;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.AddPartition;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.ApplyPoliciesRequest;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.GetPoliciesRequest;
import io.thermocline.proto.v1.ListTopicsRequest;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.proto.v1.PolicyServiceGrpc;
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
import io.thermocline.testkit.BatchDamage;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.S3Call;
import io.thermocline.testkit.S3Fault;
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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is sent to a server, or comes back from its object store, is answered with a clear
 * error; after each case everything acknowledged before is read again, over both tiers, and the
 * server takes one more record.
 */
@Timeout(60)
class BadInputIT {
  private static final int TIERED = 30;
  private static final int LIMIT = 32 << 20;

  @TempDir static Path folder;

  private static final List<String> acknowledged = new ArrayList<>();
  private static S3Server s3;
  private static ThermoclineServer server;
  private static ManagedChannel channel;

  /** Records in the table, of those acknowledged. */
  private static int tiered;

  @BeforeAll
  static void open() {
    s3 = S3Server.start();
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

  private static void tierAll() {
    tiered = acknowledged.size();
    var moves =
        TieringServiceGrpc.newBlockingStub(channel)
            .runTiering(RunTieringRequest.newBuilder().setTopic("good").setTrimAll(true).build());
    assertThat(moves.getMovesList()).singleElement().matches(m -> m.getHotStart() == tiered);
  }

  @AfterAll
  static void close() {
    channel.shutdownNow();
    server.close();
    s3.close();
  }

  /** One record more, and everything there is, from the cold tier into the hot one. */
  @BeforeEach
  @AfterEach
  void nothingIsLostAndTheServerServes() {
    s3.faults().clear();
    appendOne();
    assertThat(readAll()).isEqualTo(acknowledged);
    assertThat(topics()).containsExactly("good");
  }

  // ---- Names and offsets ----

  @Test
  void unknownTopicsAndPartitionsAreNotFound() {
    refused(ErrorKind.NOT_FOUND, () -> append("absent", 0, "v"));
    refused(ErrorKind.NOT_FOUND, () -> append("good", 1, "v"));
    refused(ErrorKind.NOT_FOUND, () -> append("good", -1, "v"));
    refused(ErrorKind.NOT_FOUND, () -> read("absent", 0));
    assertThat(check(ErrorKind.NOT_FOUND, produce("absent", content("v")).getError()).getMessage())
        .contains("absent");
    assertThat(
            check(ErrorKind.NOT_FOUND, fetch("absent", StartPosition.getDefaultInstance()))
                .getMessage())
        .contains("absent");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1_000_000, Long.MAX_VALUE})
  void anOffsetOutsideNamesTheReadableRange(long offset) {
    com.google.rpc.Status read = refused(ErrorKind.OUT_OF_RANGE, () -> read("good", offset));
    com.google.rpc.Status fetched =
        check(
            ErrorKind.OUT_OF_RANGE,
            fetch("good", StartPosition.newBuilder().setOffset(offset).build()));
    for (com.google.rpc.Status status : List.of(read, fetched)) {
      assertThat(status.getMessage()).contains("[0, " + acknowledged.size() + "]");
      assertThat(detail(status, ErrorInfo.class).orElseThrow().getMetadataMap())
          .containsEntry("logStart", "0")
          .containsEntry("end", Integer.toString(acknowledged.size()));
    }
  }

  static Stream<String> badNames() {
    return Stream.of("", ".", "..", "a/b", "../x", "a b", "größe", "x\0", "x".repeat(250));
  }

  @ParameterizedTest
  @MethodSource("badNames")
  void badTopicNamesAreInvalid(String name) {
    refused(ErrorKind.INVALID, () -> create(name));
    assertThat(folder.resolve("x")).doesNotExist();
  }

  // ---- Batches ----

  static Stream<BatchDamage> damages() {
    return Stream.concat(
        BatchDamage.all(),
        Stream.of(
            new BatchDamage("a zstd bomb", bomb(Compression.ZSTD)),
            new BatchDamage("an lz4 bomb", bomb(Compression.LZ4)),
            new BatchDamage(
                "a record over the limit",
                TestBatches.content(
                    new StoredRecord(
                        0,
                        Records.NOON,
                        Bytes.utf8("k"),
                        Bytes.of(new byte[(20 << 20) + 1]),
                        List.of())))));
  }

  /** Honest about its size, which is more than may be. */
  private static BatchContent bomb(Compression compression) {
    return TestBatches.content(
        compression,
        Stream.of(0, 1, 2)
            .map(
                i ->
                    new StoredRecord(
                        i, Records.NOON, Bytes.utf8("k"), Bytes.of(new byte[12 << 20]), List.of()))
            .toList());
  }

  @ParameterizedTest
  @MethodSource("damages")
  void aBadBatchIsInvalidInBand(BatchDamage damage) {
    ProduceResponse answer = produce("good", damage.batch());
    check(ErrorKind.INVALID, answer.getError());
  }

  @Test
  void anUnknownCodecIsInvalidInBand() {
    RecordBatch batch = wire(content("v")).toBuilder().setCompressionValue(77).build();
    com.google.rpc.Status status = check(ErrorKind.INVALID, produce("good", batch).getError());
    assertThat(status.getMessage()).contains("77");
  }

  @Test
  void aRecordOverTheLimitIsInvalidForPlainAppendsToo() {
    refused(ErrorKind.INVALID, () -> append("good", 0, "v".repeat((20 << 20) + 1)));
  }

  // ---- Policies and SQL ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiering: { enabledd: true }",
        "retention: { age: 7d, age: 8d }",
        "tiering: { enabled: true }, hot: { retain: 6 }",
        "retention: { age: -7d }",
        "segment: { bytes: 128 }, retention: { agee: 7d }",
        "tiering: [",
      })
  void aBadPolicyIsInvalidWithEachProblemAndChangesNothing(String settings) {
    PolicyServiceGrpc.PolicyServiceBlockingStub policies =
        PolicyServiceGrpc.newBlockingStub(channel);
    String before = policies.getPolicies(GetPoliciesRequest.getDefaultInstance()).getYaml();
    String yaml =
        "apiVersion: thermocline/v1\nkind: TopicPolicies\npolicies:\n  - { topics: [\"*\"], "
            + settings
            + " }\n";
    com.google.rpc.Status status =
        refused(
            ErrorKind.INVALID,
            () -> policies.applyPolicies(ApplyPoliciesRequest.newBuilder().setYaml(yaml).build()));
    int problems = settings.contains("segment") ? 2 : 1;
    assertThat(
            detail(status, com.google.rpc.BadRequest.class).orElseThrow().getFieldViolationsList())
        .as(status.getMessage())
        .hasSize(problems);
    assertThat(policies.getPolicies(GetPoliciesRequest.getDefaultInstance()).getYaml())
        .isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SELECT 1; SELECT 2",
        "SELEC 1",
        "DROP TABLE good",
        "DELETE FROM good",
        "INSERT INTO good SELECT * FROM good",
        "CREATE TABLE x AS SELECT 1",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "ATTACH 'x.db'",
        "INSTALL httpfs",
        "SET memory_limit='1TB'",
        "PRAGMA version",
        "EXPLAIN SELECT 1",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM absent",
      })
  void sqlThatIsNotOneSelectOfTopicsIsInvalid(String sql) {
    refused(ErrorKind.INVALID, () -> query(sql));
    assertThat(query("SELECT count(*) FROM good")).isEqualTo(Integer.toString(tiered));
  }

  // ---- The object store ----

  @Test
  void aStoreThatRefusesConnectionsLeavesTheHotTierAloneAndIsBackByItself() {
    long unread = tierOne();
    s3.refuseConnections();
    try {
      coldIsAwayAndHotIsNot(unread);
    } finally {
      s3.resume();
    }
  }

  static Stream<S3Fault> outages() {
    return Stream.of(new S3Fault.Hung(), S3Fault.slowDown(), S3Fault.internalError());
  }

  @ParameterizedTest
  @MethodSource("outages")
  void aStoreThatHangsOrFailsLeavesTheHotTierAloneAndIsBackByItself(S3Fault fault) {
    long unread = tierOne();
    s3.faults().always(S3Call.any(), fault);
    coldIsAwayAndHotIsNot(unread);
  }

  @Test
  void aStoreThatDeniesAccessSaysSoAndIsBackByItself() {
    long unread = tierOne();
    s3.faults().always(S3Call.any(), S3Fault.accessDenied());
    com.google.rpc.Status read = refused(ErrorKind.FAILED_PRECONDITION, () -> read("good", unread));
    assertThat(read.getMessage()).contains("403");
    check(ErrorKind.FAILED_PRECONDITION, fetchFrom(unread));
    hotIsThere();
  }

  /** A record in a file of its own that nobody has read, so that no cache has it: its offset. */
  private static long tierOne() {
    long offset = acknowledged.size();
    appendOne();
    tierAll();
    return offset;
  }

  private static com.google.rpc.Status fetchFrom(long offset) {
    return fetch("good", StartPosition.newBuilder().setOffset(offset).build());
  }

  private static void coldIsAwayAndHotIsNot(long unread) {
    com.google.rpc.Status read = refused(ErrorKind.TRANSIENT, () -> read("good", unread));
    assertThat(detail(read, RetryInfo.class)).isPresent();
    com.google.rpc.Status fetched = check(ErrorKind.TRANSIENT, fetchFrom(unread));
    assertThat(detail(fetched, RetryInfo.class)).isPresent();
    hotIsThere();
  }

  private static void hotIsThere() {
    appendOne();
    int last = acknowledged.size() - 1;
    assertThat(read("good", last).getRecords(0).getValue().toStringUtf8())
        .isEqualTo(acknowledged.get(last));
  }

  @ParameterizedTest
  @ValueSource(longs = {5_000, 10_000, 15_000})
  void damagedBytesAreNeverServed(long atByte) {
    long unread = acknowledged.size();
    String large =
        Stream.generate(() -> UUID.randomUUID().toString()).limit(600).collect(joining());
    append("good", 0, large);
    acknowledged.add(large);
    tierAll();
    s3.faults().always(S3Call.of(S3Call.Operation.GET, "/data/"), new S3Fault.Corrupted(atByte));
    com.google.rpc.Status read = refused(ErrorKind.CORRUPT, () -> read("good", unread));
    assertThat(read.getMessage()).contains("good");
    check(ErrorKind.CORRUPT, fetchFrom(unread));
    hotIsThere();
  }

  // ---- What the tests say to the server ----

  private static void create(String name) {
    var unused =
        TopicServiceGrpc.newBlockingStub(channel)
            .createTopic(CreateTopicRequest.newBuilder().setName(name).build());
  }

  private static List<String> topics() {
    return TopicServiceGrpc.newBlockingStub(channel)
        .listTopics(ListTopicsRequest.getDefaultInstance())
        .getTopicsList()
        .stream()
        .map(topic -> topic.getName())
        .toList();
  }

  private static void appendOne() {
    String value = "v" + acknowledged.size();
    append("good", 0, value);
    acknowledged.add(value);
  }

  private static void append(String topic, int partition, String value) {
    var unused =
        StreamServiceGrpc.newBlockingStub(channel)
            .append(
                AppendRequest.newBuilder()
                    .setTopic(topic)
                    .setPartition(partition)
                    .addRecords(PlainRecord.newBuilder().setValue(ByteString.copyFromUtf8(value)))
                    .build());
  }

  private static ReadResponse read(String topic, long offset) {
    return StreamServiceGrpc.newBlockingStub(channel)
        .read(
            ReadRequest.newBuilder()
                .setTopic(topic)
                .setStart(StartPosition.newBuilder().setOffset(offset))
                .setMaxRecords(10_000)
                .build());
  }

  private static List<String> readAll() {
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

  private static BatchContent content(String value) {
    return TestBatches.content(StoredRecord.of(0, Records.NOON, "k", value));
  }

  private static RecordBatch wire(BatchContent content) {
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

  private static ProduceResponse produce(String topic, BatchContent content) {
    return produce(topic, wire(content));
  }

  private static ProduceResponse produce(String topic, RecordBatch batch) {
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
  private static com.google.rpc.Status fetch(String topic, StartPosition start) {
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

  private static String query(String sql) {
    return QueryServiceGrpc.newBlockingStub(channel)
        .query(QueryRequest.newBuilder().setSql(sql).build())
        .next()
        .getRows(0)
        .getCells(0)
        .getText();
  }

  // ---- What it answers ----

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

  private static com.google.rpc.Status refused(ErrorKind kind, Executable call) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, call::execute);
    assertThat(failure).as("nothing was refused").isNotNull();
    return check(kind, StatusProto.fromThrowable(failure));
  }

  private static com.google.rpc.Status check(ErrorKind kind, com.google.rpc.Status status) {
    assertThat(detail(status, ErrorInfo.class).map(ErrorInfo::getReason))
        .as(status.toString())
        .contains(kind.name());
    int code =
        switch (kind) {
          case INVALID -> com.google.rpc.Code.INVALID_ARGUMENT_VALUE;
          case NOT_FOUND -> com.google.rpc.Code.NOT_FOUND_VALUE;
          case OUT_OF_RANGE -> com.google.rpc.Code.OUT_OF_RANGE_VALUE;
          case FAILED_PRECONDITION -> com.google.rpc.Code.FAILED_PRECONDITION_VALUE;
          case TRANSIENT -> com.google.rpc.Code.UNAVAILABLE_VALUE;
          case CORRUPT -> com.google.rpc.Code.DATA_LOSS_VALUE;
          default -> throw new AssertionError("No case expects " + kind);
        };
    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getMessage()).isNotBlank();
    return status;
  }

  private static <T extends com.google.protobuf.Message> Optional<T> detail(
      com.google.rpc.Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return Optional.of(any.unpack(type));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          throw new AssertionError("A detail that can't be read", e);
        }
      }
    }
    return Optional.empty();
  }
}
