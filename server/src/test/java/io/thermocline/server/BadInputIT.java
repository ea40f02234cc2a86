package io.thermocline.server;

import static io.thermocline.server.Refused.check;
import static io.thermocline.server.Refused.detail;
import static io.thermocline.server.Refused.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.ErrorInfo;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ApplyPoliciesRequest;
import io.thermocline.proto.v1.GetPoliciesRequest;
import io.thermocline.proto.v1.PolicyServiceGrpc;
import io.thermocline.proto.v1.ProduceResponse;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.proto.v1.StartPosition;
import io.thermocline.testkit.BatchDamage;
import io.thermocline.testkit.Bytes;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.StoredRecord;
import io.thermocline.testkit.TestBatches;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is sent to a server is answered with a clear error; after each case everything
 * acknowledged before is read again, over both tiers, and the server takes one more record.
 */
@Timeout(60)
class BadInputIT {
  @TempDir static Path folder;

  private static RawServer raw;

  @BeforeAll
  static void open() {
    raw = new RawServer(folder);
  }

  @AfterAll
  static void close() {
    raw.close();
  }

  @BeforeEach
  @AfterEach
  void nothingIsLostAndTheServerServes() {
    raw.nothingIsLostAndItServes();
  }

  @Test
  void unknownTopicsAndPartitionsAreNotFound() {
    refused(ErrorKind.NOT_FOUND, () -> raw.append("absent", 0, "v"));
    refused(ErrorKind.NOT_FOUND, () -> raw.append("good", 1, "v"));
    refused(ErrorKind.NOT_FOUND, () -> raw.append("good", -1, "v"));
    refused(ErrorKind.NOT_FOUND, () -> raw.read("absent", 0));
    assertThat(
            check(ErrorKind.NOT_FOUND, raw.produce("absent", RawServer.content("v")).getError())
                .getMessage())
        .contains("absent");
    assertThat(
            check(ErrorKind.NOT_FOUND, raw.fetch("absent", StartPosition.getDefaultInstance()))
                .getMessage())
        .contains("absent");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1_000_000, Long.MAX_VALUE})
  void anOffsetOutsideNamesTheReadableRange(long offset) {
    com.google.rpc.Status read = refused(ErrorKind.OUT_OF_RANGE, () -> raw.read("good", offset));
    com.google.rpc.Status fetched =
        check(
            ErrorKind.OUT_OF_RANGE,
            raw.fetch("good", StartPosition.newBuilder().setOffset(offset).build()));
    for (com.google.rpc.Status status : List.of(read, fetched)) {
      assertThat(status.getMessage()).contains("[0, " + raw.acknowledged.size() + "]");
      assertThat(detail(status, ErrorInfo.class).orElseThrow().getMetadataMap())
          .containsEntry("logStart", "0")
          .containsEntry("end", Integer.toString(raw.acknowledged.size()));
    }
  }

  static Stream<String> badNames() {
    return Stream.of("", ".", "..", "a/b", "../x", "a b", "größe", "x\0", "x".repeat(250));
  }

  @ParameterizedTest
  @MethodSource("badNames")
  void badTopicNamesAreInvalid(String name) {
    refused(ErrorKind.INVALID, () -> raw.create(name));
    assertThat(folder.resolve("x")).doesNotExist();
  }

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
    ProduceResponse answer = raw.produce("good", damage.batch());
    check(ErrorKind.INVALID, answer.getError());
  }

  @Test
  void anUnknownCodecIsInvalidInBand() {
    RecordBatch batch =
        RawServer.wire(RawServer.content("v")).toBuilder().setCompressionValue(77).build();
    com.google.rpc.Status status = check(ErrorKind.INVALID, raw.produce("good", batch).getError());
    assertThat(status.getMessage()).contains("77");
  }

  @Test
  void aRecordOverTheLimitIsInvalidForPlainAppendsToo() {
    refused(ErrorKind.INVALID, () -> raw.append("good", 0, "v".repeat((20 << 20) + 1)));
  }

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
        PolicyServiceGrpc.newBlockingStub(raw.channel);
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
    refused(ErrorKind.INVALID, () -> raw.query(sql));
    assertThat(raw.query("SELECT count(*) FROM good")).isEqualTo(Integer.toString(raw.tiered()));
  }
}
