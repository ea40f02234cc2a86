package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.thermocline.model.ColdTier;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.AppendResponse;
import io.thermocline.proto.v1.ApplyPoliciesRequest;
import io.thermocline.proto.v1.Cell;
import io.thermocline.proto.v1.ColdData;
import io.thermocline.proto.v1.CommitOffsetsRequest;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.DeleteRecordsRequest;
import io.thermocline.proto.v1.DeleteTopicRequest;
import io.thermocline.proto.v1.GetOffsetsRequest;
import io.thermocline.proto.v1.GetPoliciesRequest;
import io.thermocline.proto.v1.GetTieringStatusRequest;
import io.thermocline.proto.v1.GetTopicRequest;
import io.thermocline.proto.v1.GetTopicResponse;
import io.thermocline.proto.v1.GroupOffset;
import io.thermocline.proto.v1.Header;
import io.thermocline.proto.v1.ListOffsetsRequest;
import io.thermocline.proto.v1.ListTopicsRequest;
import io.thermocline.proto.v1.ListTopicsResponse;
import io.thermocline.proto.v1.OffsetQuery;
import io.thermocline.proto.v1.OffsetResult;
import io.thermocline.proto.v1.OffsetSpec;
import io.thermocline.proto.v1.PartitionDescription;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.proto.v1.PlanPoliciesRequest;
import io.thermocline.proto.v1.PolicyActionKind;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.QueryResponse;
import io.thermocline.proto.v1.ReadRequest;
import io.thermocline.proto.v1.ReadResponse;
import io.thermocline.proto.v1.Row;
import io.thermocline.proto.v1.RunTieringRequest;
import io.thermocline.proto.v1.Tier;
import io.thermocline.proto.v1.Topic;
import io.thermocline.proto.v1.UpdateTopicRequest;
import io.thermocline.proto.v1.ValidatePoliciesRequest;
import io.thermocline.testkit.Records;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call that is not a stream, and what each refuses. */
class CallsIT {
  private OpenGateway gateway = new OpenGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  private void reopen(UnaryOperator<ColdTier> aroundCold) {
    gateway.close();
    gateway = new OpenGateway(UnaryOperator.identity(), UnaryOperator.identity(), aroundCold);
  }

  private Topic create(String name, int partitions) {
    return gateway
        .topicCalls()
        .createTopic(
            CreateTopicRequest.newBuilder().setName(name).setPartitionCount(partitions).build())
        .getTopic();
  }

  // ---- Topics ----

  @Test
  void topicHasOnePartitionUnlessMoreAreAskedForAndKeepsItsIdentity() {
    Topic topic = create("a.topic_with-all", 0);
    assertThat(topic.getPartitionCount()).isEqualTo(1);
    assertThat(topic.getId()).hasSize(36);
    assertThat(topic.getCreateTime().getSeconds())
        .isEqualTo(gateway.clock.instant().getEpochSecond());
    assertThat(
            gateway
                .topicCalls()
                .getTopic(GetTopicRequest.newBuilder().setName("a.topic_with-all").build())
                .getTopic())
        .isEqualTo(topic);
    Refusals.refused(ErrorKind.ALREADY_EXISTS, () -> create("a.topic_with-all", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "../x", "nul\0", "grüße", "a b", "LONG"})
  void badNamesAreRefused(String name) {
    String tried = name.equals("LONG") ? "x".repeat(250) : name;
    Refusals.refused(ErrorKind.INVALID, () -> create(tried, 1));
    Refusals.refused(
        ErrorKind.INVALID,
        () -> gateway.topicCalls().getTopic(GetTopicRequest.newBuilder().setName(tried).build()));
    Refusals.refused(
        ErrorKind.INVALID,
        () ->
            gateway
                .groupCalls()
                .commitOffsets(CommitOffsetsRequest.newBuilder().setGroup(tried).build()));
    assertThat(create("x".repeat(249), 1).getName()).hasSize(249);
  }

  @Test
  void badPartitionCountsAreRefused() {
    Refusals.refused(ErrorKind.INVALID, () -> create("t", -1));
    Refusals.refused(ErrorKind.INVALID, () -> create("t", 1_000_000));
    create("t", 3);
    UpdateTopicRequest.Builder update = UpdateTopicRequest.newBuilder().setName("t");
    Refusals.refused(
        ErrorKind.INVALID,
        () -> gateway.topicCalls().updateTopic(update.setPartitionCount(2).build()));
    assertThat(
            gateway
                .topicCalls()
                .updateTopic(update.setPartitionCount(5).build())
                .getTopic()
                .getPartitionCount())
        .isEqualTo(5);
  }

  @Test
  void nameIsRefusedWhoseTableAnotherTopicHasAndThatOneIsNamed() {
    create("in.use", 1);
    TopicPartition id = gateway.partition("in.use");
    gateway.append(id, Records.plain(0, 3));
    assertThat(gateway.tiering.tier(id)).isEqualTo(3);
    assertThat(Refusals.refused(ErrorKind.ALREADY_EXISTS, () -> create("IN-use", 1)).getMessage())
        .contains("'in.use'")
        .doesNotContain("drop");
  }

  @Test
  void nameIsRefusedWhoseTableAnotherTopicLeftInTheColdTier() {
    create("left.over", 1);
    TopicPartition id = gateway.partition("left.over");
    gateway.append(id, Records.plain(0, 3));
    assertThat(gateway.tiering.tier(id)).isEqualTo(3);
    delete("left.over", ColdData.COLD_DATA_KEEP);
    Refusals.refused(ErrorKind.ALREADY_EXISTS, () -> create("left.over", 1));
    Refusals.refused(ErrorKind.ALREADY_EXISTS, () -> create("LEFT-over", 1));
    assertThat(gateway.topics.list()).isEmpty();
  }

  @Test
  void topicIsCreatedAlsoWhileTheColdTierIsAway() {
    reopen(CallsIT::away);
    assertThat(create("t", 1).getName()).isEqualTo("t");
    GetTopicResponse described =
        gateway.topicCalls().getTopic(GetTopicRequest.newBuilder().setName("t").build());
    assertThat(described.getColdAvailable()).isFalse();
    assertThat(described.getPartitionsCount()).isEqualTo(1);
  }

  private static ColdTier away(ColdTier cold) {
    return new ForwardingColdTier(cold) {
      @Override
      public Optional<io.thermocline.model.ColdTopic> topic(TopicId topic) {
        throw new ThermoclineException(ErrorKind.TRANSIENT, "the catalog is away");
      }

      @Override
      public boolean tableTaken(TopicId id) {
        throw new ThermoclineException(ErrorKind.TRANSIENT, "the catalog is away");
      }
    };
  }

  @Test
  void deletingSaysWhatBecomesOfTheColdData() {
    create("t", 1);
    Refusals.refused(ErrorKind.INVALID, () -> delete("t", ColdData.COLD_DATA_UNSPECIFIED));
    delete("t", ColdData.COLD_DATA_PURGE);
    Refusals.refused(ErrorKind.NOT_FOUND, () -> delete("t", ColdData.COLD_DATA_PURGE));
    Refusals.refused(
        ErrorKind.NOT_FOUND,
        () -> gateway.topicCalls().getTopic(GetTopicRequest.newBuilder().setName("t").build()));
  }

  private void delete(String name, ColdData cold) {
    var unused =
        gateway
            .topicCalls()
            .deleteTopic(DeleteTopicRequest.newBuilder().setName(name).setCold(cold).build());
  }

  @Test
  void describingATopicTellsBothTiers() {
    create("t", 2);
    TopicPartition id = gateway.partition("t");
    gateway.append(id, Records.plain(0, 10));
    gateway.tiering.trim(id, gateway.tiering.tier(id));
    gateway.append(id, Records.plain(10, 5));
    GetTopicResponse described =
        gateway
            .topicCalls()
            .getTopic(GetTopicRequest.newBuilder().setName("t").setIncludeFiles(true).build());
    assertThat(described.getColdAvailable()).isTrue();
    assertThat(described.getTable()).isNotEmpty();
    PartitionDescription partition = described.getPartitions(0);
    assertThat(partition.getLogStart()).isZero();
    assertThat(partition.getHotStart()).isEqualTo(10);
    assertThat(partition.getTieredTo()).isEqualTo(10);
    assertThat(partition.getEnd()).isEqualTo(15);
    assertThat(partition.getColdFiles()).isEqualTo(1);
    assertThat(partition.getFiles(0).getRows()).isEqualTo(10);
    assertThat(partition.getHotBytes()).isPositive();
    assertThat(described.getPartitions(1).getEnd()).isZero();
    assertThat(
            gateway
                .topicCalls()
                .getTopic(GetTopicRequest.newBuilder().setName("t").setTopicOnly(true).build())
                .getPartitionsCount())
        .isZero();
  }

  @Test
  void topicsAreListedPageByPage() {
    List<String> created = List.of("a", "b", "c", "d", "e");
    created.forEach(name -> create(name, 1));
    List<String> listed = new ArrayList<>();
    ListTopicsRequest.Builder request = ListTopicsRequest.newBuilder().setPageSize(2);
    ListTopicsResponse page;
    do {
      page = gateway.topicCalls().listTopics(request.build());
      page.getTopicsList().forEach(topic -> listed.add(topic.getName()));
      request.setPageToken(page.getNextPageToken());
    } while (!page.getNextPageToken().isEmpty());
    assertThat(listed).isEqualTo(created);
    Refusals.refused(
        ErrorKind.INVALID,
        () ->
            gateway
                .topicCalls()
                .listTopics(ListTopicsRequest.newBuilder().setPageSize(-1).build()));
  }

  @Test
  void deletedRecordsAreGoneForEveryReader() {
    create("t", 1);
    TopicPartition id = gateway.partition("t");
    gateway.append(id, Records.plain(0, 10));
    DeleteRecordsRequest.Builder request = DeleteRecordsRequest.newBuilder().setTopic("t");
    assertThat(deleteRecords(request.setBeforeOffset(4))).isEqualTo(4);
    assertThat(deleteRecords(request.setBeforeOffset(2))).as("it never goes back").isEqualTo(4);
    Refusals.refused(ErrorKind.OUT_OF_RANGE, () -> read("t", FetchCall.offset(3), 1));
    Refusals.refused(ErrorKind.OUT_OF_RANGE, () -> deleteRecords(request.setBeforeOffset(11)));
    Refusals.refused(ErrorKind.INVALID, () -> deleteRecords(request.setBeforeOffset(-2)));
    assertThat(deleteRecords(request.setBeforeOffset(-1))).isEqualTo(10);
  }

  private long deleteRecords(DeleteRecordsRequest.Builder request) {
    return gateway.topicCalls().deleteRecords(request.build()).getLogStart();
  }

  // ---- Plain records ----

  @Test
  void appendedRecordsAreReadBackAsTheyWere() {
    create("t", 1);
    List<PlainRecord> records =
        List.of(
            PlainRecord.newBuilder()
                .setTimestamp(5)
                .setKey(bytes("k"))
                .setValue(bytes("v"))
                .build(),
            PlainRecord.newBuilder().build(),
            PlainRecord.newBuilder()
                .setTimestamp(-1)
                .setKey(ByteString.EMPTY)
                .setValue(ByteString.EMPTY)
                .addHeaders(Header.newBuilder().setName("h").setValue(bytes("1")))
                .addHeaders(Header.newBuilder().setName("h"))
                .addHeaders(Header.newBuilder().setName("").setValue(ByteString.EMPTY))
                .build());
    AppendResponse appended = append("t", records);
    assertThat(appended.getBaseOffset()).isZero();
    TopicPartition id = gateway.partition("t");
    gateway.tiering.trim(id, gateway.tiering.tier(id));
    append("t", records);

    ReadResponse read = read("t", FetchCall.earliest(), 0);

    assertThat(read.getRecordsCount()).isEqualTo(6);
    for (int i = 0; i < 6; i++) {
      PlainRecord expected =
          records.get(i % 3).toBuilder()
              .setOffset(i)
              .setTimestamp(i % 3 == 1 ? gateway.clock.millis() : records.get(i % 3).getTimestamp())
              .setTier(i < 3 ? Tier.TIER_COLD : Tier.TIER_HOT)
              .build();
      assertThat(read.getRecords(i)).isEqualTo(expected);
    }
    assertThat(read.getNextOffset()).isEqualTo(6);
    assertThat(read.getEnd()).isEqualTo(6);
  }

  private AppendResponse append(String topic, List<PlainRecord> records) {
    return gateway
        .streamCalls()
        .append(AppendRequest.newBuilder().setTopic(topic).addAllRecords(records).build());
  }

  private ReadResponse read(
      String topic, io.thermocline.proto.v1.StartPosition start, int maxRecords) {
    return gateway
        .streamCalls()
        .read(
            ReadRequest.newBuilder()
                .setTopic(topic)
                .setStart(start)
                .setMaxRecords(maxRecords)
                .build());
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Test
  void readGoesOnWhereItStopped() {
    create("t", 1);
    TopicPartition id = gateway.partition("t");
    for (int batch = 0; batch < 10; batch++) {
      gateway.append(id, Records.plain(batch * 10L, 10));
      if (batch == 4) {
        gateway.tiering.trim(id, gateway.tiering.tier(id));
      }
    }
    List<Long> offsets = new ArrayList<>();
    long next = 0;
    while (next < 100) {
      ReadResponse read = read("t", FetchCall.offset(next), 7);
      read.getRecordsList().forEach(record -> offsets.add(record.getOffset()));
      next = read.getNextOffset();
    }
    assertThat(offsets).hasSize(100).isSorted().doesNotHaveDuplicates();
    assertThat(read("t", FetchCall.timestamp(Records.NOON + 33), 1).getRecords(0).getOffset())
        .isEqualTo(33);
  }

  @Test
  void plainCallsRefuseWhatMakesNoSense() {
    create("t", 1);
    Refusals.refused(ErrorKind.INVALID, () -> append("t", List.of()));
    Refusals.refused(
        ErrorKind.NOT_FOUND, () -> append("nowhere", List.of(PlainRecord.getDefaultInstance())));
    Refusals.refused(
        ErrorKind.INVALID,
        () -> append("t", List.of(PlainRecord.newBuilder().setTimestamp(Long.MAX_VALUE).build())));
    Refusals.refused(
        ErrorKind.INVALID,
        () ->
            append(
                "t",
                List.of(
                    PlainRecord.newBuilder()
                        .setValue(ByteString.copyFrom(new byte[21 << 20]))
                        .build())));
    Refusals.refused(ErrorKind.INVALID, () -> read("t", FetchCall.earliest(), -1));
    Refusals.refused(ErrorKind.INVALID, () -> read("t", FetchCall.earliest(), 10_001));
    Refusals.refused(ErrorKind.OUT_OF_RANGE, () -> read("t", FetchCall.offset(1), 1));
    Refusals.refused(ErrorKind.NOT_FOUND, () -> read("nowhere", FetchCall.earliest(), 1));
  }

  @Test
  void eachOffsetQueryHasItsOwnAnswer() {
    create("t", 1);
    TopicPartition id = gateway.partition("t");
    gateway.append(id, Records.plain(0, 10));
    gateway.tiering.trim(id, gateway.tiering.tier(id));
    gateway.append(id, Records.plain(10, 5));
    gateway.tiering.expire(id, 2);
    List<OffsetResult> results =
        gateway
            .streamCalls()
            .listOffsets(
                ListOffsetsRequest.newBuilder()
                    .addQueries(query("t", OffsetSpec.OFFSET_SPEC_EARLIEST, 0))
                    .addQueries(query("t", OffsetSpec.OFFSET_SPEC_LATEST, 0))
                    .addQueries(query("t", OffsetSpec.OFFSET_SPEC_EARLIEST_LOCAL, 0))
                    .addQueries(query("t", OffsetSpec.OFFSET_SPEC_LATEST_TIERED, 0))
                    .addQueries(query("t", OffsetSpec.OFFSET_SPEC_TIMESTAMP, Records.NOON + 12))
                    .addQueries(query("t", OffsetSpec.OFFSET_SPEC_TIMESTAMP, Long.MAX_VALUE))
                    .addQueries(query("nowhere", OffsetSpec.OFFSET_SPEC_LATEST, 0))
                    .addQueries(query("t", OffsetSpec.OFFSET_SPEC_UNSPECIFIED, 0))
                    .addQueries(query("t", OffsetSpec.OFFSET_SPEC_MAX_TIMESTAMP, 0))
                    .build())
            .getResultsList();
    assertThat(results.subList(0, 6))
        .extracting(OffsetResult::getOffset)
        .containsExactly(2L, 15L, 10L, 10L, 12L, 15L);
    assertThat(results.get(4).getTimestamp()).isEqualTo(Records.NOON + 12);
    assertThat(results.get(5).hasTimestamp()).isFalse();
    Refusals.check(ErrorKind.NOT_FOUND, results.get(6).getError());
    Refusals.check(ErrorKind.INVALID, results.get(7).getError());
    assertThat(results.get(8).getOffset()).isEqualTo(14);
    assertThat(results.get(8).getTimestamp()).isEqualTo(Records.NOON + 14);
  }

  private static OffsetQuery query(String topic, OffsetSpec spec, long timestamp) {
    return OffsetQuery.newBuilder().setTopic(topic).setSpec(spec).setTimestamp(timestamp).build();
  }

  // ---- Groups ----

  @Test
  void groupKeepsItsPlaceAndMayGoBack() {
    create("t", 2);
    create("u", 1);
    commit(place("t", 1, 7), place("u", 0, 3));
    commit(place("t", 1, 5));
    assertThat(places("")).containsExactly(place("t", 1, 5), place("u", 0, 3));
    assertThat(places("u")).containsExactly(place("u", 0, 3));
    Refusals.refused(ErrorKind.INVALID, () -> commit(place("t", 0, -1)));
    Refusals.refused(ErrorKind.INVALID, () -> commit(place("t", 0, 1), place("t", 0, 2)));
    Refusals.refused(ErrorKind.NOT_FOUND, () -> commit(place("t", 0, 1), place("t", 2, 1)));
    Refusals.refused(ErrorKind.NOT_FOUND, () -> commit(place("nowhere", 0, 1)));
    assertThat(places("")).as("nothing of a refused call was kept").hasSize(2);
  }

  private static GroupOffset place(String topic, int partition, long offset) {
    return GroupOffset.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .setOffset(offset)
        .build();
  }

  private void commit(GroupOffset... places) {
    var unused =
        gateway
            .groupCalls()
            .commitOffsets(
                CommitOffsetsRequest.newBuilder()
                    .setGroup("g")
                    .addAllOffsets(List.of(places))
                    .build());
  }

  private List<GroupOffset> places(String topic) {
    return gateway
        .groupCalls()
        .getOffsets(GetOffsetsRequest.newBuilder().setGroup("g").setTopic(topic).build())
        .getOffsetsList();
  }

  // ---- Tiering, policies, queries ----

  @Test
  void tieringTellsHowItStandsAndRunsNow() {
    create("t", 1);
    gateway.append(gateway.partition("t"), Records.plain(0, 10));
    assertThat(
            gateway
                .tieringCalls()
                .runTiering(RunTieringRequest.newBuilder().setTopic("t").setTrimAll(true).build())
                .getMoves(0))
        .satisfies(
            move -> {
              assertThat(move.getTiered().getTo()).isEqualTo(10);
              assertThat(move.getHotStart()).isEqualTo(10);
              assertThat(move.getProblem()).isEmpty();
            });
    assertThat(
            gateway
                .tieringCalls()
                .getTieringStatus(GetTieringStatusRequest.getDefaultInstance())
                .getPartitions(0))
        .satisfies(
            status -> {
              assertThat(status.getTieredTo()).isEqualTo(10);
              assertThat(status.getLag()).isEqualTo(Wire.duration(Duration.ofMillis(1_500)));
              assertThat(status.getProblem()).isEqualTo("standing still");
            });
    Refusals.refused(
        ErrorKind.NOT_FOUND,
        () ->
            gateway
                .tieringCalls()
                .runTiering(RunTieringRequest.newBuilder().setTopic("nowhere").build()));
  }

  @Test
  void policiesAreValidatedPlannedAppliedAndGiven() {
    create("t", 1);
    assertThat(
            gateway
                .policyCalls()
                .validatePolicies(ValidatePoliciesRequest.newBuilder().setYaml("bad").build())
                .getProblemsList())
        .extracting(problem -> problem.getLine() + ":" + problem.getColumn())
        .containsExactly("1:2", "3:4");
    com.google.rpc.Status refused =
        Refusals.refused(
            ErrorKind.INVALID,
            () ->
                gateway
                    .policyCalls()
                    .applyPolicies(ApplyPoliciesRequest.newBuilder().setYaml("bad").build()));
    assertThat(Refusals.fields(refused))
        .containsExactly("policies[0].hot.retain", "policies[0].hto");
    assertThat(
            gateway
                .policyCalls()
                .planPolicies(PlanPoliciesRequest.newBuilder().setYaml("good").build())
                .getActions(0)
                .getKind())
        .isEqualTo(PolicyActionKind.POLICY_ACTION_KIND_DELETE);
    assertThat(
            gateway
                .policyCalls()
                .applyPolicies(ApplyPoliciesRequest.newBuilder().setYaml("good").build())
                .getActionsCount())
        .isEqualTo(1);
    assertThat(gateway.policyCalls().getPolicies(GetPoliciesRequest.getDefaultInstance()))
        .satisfies(
            policies -> {
              assertThat(policies.getYaml()).isEqualTo("good");
              assertThat(policies.getEffective(0).getSettings(0).getSource()).isEqualTo("line 12");
            });
  }

  @Test
  void queryAnswersInPiecesWithNullsAndSaysWhatWasCutOff() {
    List<QueryResponse> pieces = query("SELECT 200000", 150_000);
    assertThat(pieces.size()).isGreaterThan(1);
    List<Row> rows = pieces.stream().flatMap(piece -> piece.getRowsList().stream()).toList();
    assertThat(rows).hasSize(150_000);
    assertThat(rows.get(149_999).getCells(0).getText()).isEqualTo("149999");
    assertThat(rows.get(0).getCells(1)).isEqualTo(Cell.getDefaultInstance());
    assertThat(pieces.get(0).getColumnsCount()).isEqualTo(2);
    assertThat(pieces.get(1).getColumnsCount()).isZero();
    assertThat(pieces).filteredOn(QueryResponse::getTruncated).hasSize(1);
    assertThat(pieces.get(pieces.size() - 1).getTruncated()).isTrue();
    assertThat(query("SELECT 0", 0).get(0).getColumnsCount()).isEqualTo(2);
    Refusals.refused(ErrorKind.INVALID, () -> query("DROP TABLE t", 0));
    Refusals.refused(ErrorKind.INVALID, () -> query("SELECT 1", -1));
  }

  private List<QueryResponse> query(String sql, int maxRows) {
    List<QueryResponse> pieces = new ArrayList<>();
    gateway
        .queryCalls()
        .query(QueryRequest.newBuilder().setSql(sql).setMaxRows(maxRows).build())
        .forEachRemaining(pieces::add);
    return pieces;
  }
}
