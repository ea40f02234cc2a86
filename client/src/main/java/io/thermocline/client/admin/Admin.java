package io.thermocline.client.admin;

import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.failure.ReadFailedException;
import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.Calls;
import io.thermocline.client.wire.Connections;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.proto.v1.ApplyPoliciesRequest;
import io.thermocline.proto.v1.ColdData;
import io.thermocline.proto.v1.CommitOffsetsRequest;
import io.thermocline.proto.v1.CreateTopicRequest;
import io.thermocline.proto.v1.DeleteRecordsRequest;
import io.thermocline.proto.v1.DeleteTopicRequest;
import io.thermocline.proto.v1.GetOffsetsRequest;
import io.thermocline.proto.v1.GetPoliciesRequest;
import io.thermocline.proto.v1.GetPoliciesResponse;
import io.thermocline.proto.v1.GetTieringStatusRequest;
import io.thermocline.proto.v1.GetTopicRequest;
import io.thermocline.proto.v1.GroupOffset;
import io.thermocline.proto.v1.GroupServiceGrpc;
import io.thermocline.proto.v1.ListTopicsRequest;
import io.thermocline.proto.v1.ListTopicsResponse;
import io.thermocline.proto.v1.PlanPoliciesRequest;
import io.thermocline.proto.v1.PlanPoliciesResponse;
import io.thermocline.proto.v1.PolicyServiceGrpc;
import io.thermocline.proto.v1.QueryRequest;
import io.thermocline.proto.v1.QueryServiceGrpc;
import io.thermocline.proto.v1.RaiseFenceRequest;
import io.thermocline.proto.v1.RunTieringRequest;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.proto.v1.TieringServiceGrpc;
import io.thermocline.proto.v1.TopicServiceGrpc;
import io.thermocline.proto.v1.UpdateTopicRequest;
import io.thermocline.proto.v1.ValidatePoliciesRequest;
import io.thermocline.proto.v1.VerifyRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything but streams of records: topics, offsets, groups, tiering, policies, SQL. Thread-safe;
 * each call waits for its answer.
 *
 * <p>Calls that ask throw {@link ReadFailedException}. Calls that change something throw {@link
 * NotAppliedException} or {@link OutcomeUnknownException}.
 */
public final class Admin {

  /** What becomes of a deleted topic's table. */
  public enum Cold {
    /** The Iceberg table and its files stay. */
    KEEP,
    /** The table and its files are deleted. */
    PURGE
  }

  private final Calls calls;
  private final OffsetQueries offsetQueries;
  private final AuditFollowing audits;

  private Admin(Calls calls) {
    this.calls = calls;
    this.offsetQueries = new OffsetQueries(calls);
    this.audits = new AuditFollowing(calls);
  }

  /** The inside of {@code ThermoclineClient.admin}, which is what programs call. */
  public static Admin open(Calls calls) {
    return new Admin(calls);
  }

  /** Creates a topic. */
  public TopicSummary createTopic(String name, int partitions) {
    CreateTopicRequest request =
        CreateTopicRequest.newBuilder().setName(name).setPartitionCount(partitions).build();
    return AdminAnswers.topic(
        calls
            .change(TopicServiceGrpc::newBlockingStub, topics -> topics.createTopic(request))
            .getTopic());
  }

  /** All topics in name order. */
  public List<TopicSummary> listTopics() {
    List<TopicSummary> all = new ArrayList<>();
    String page = "";
    do {
      ListTopicsRequest request = ListTopicsRequest.newBuilder().setPageToken(page).build();
      ListTopicsResponse answer =
          calls.ask(TopicServiceGrpc::newBlockingStub, topics -> topics.listTopics(request));
      answer.getTopicsList().forEach(topic -> all.add(AdminAnswers.topic(topic)));
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    return List.copyOf(all);
  }

  /** A topic's name, id and partition count, without looking at its records. */
  public TopicSummary topic(String name) {
    GetTopicRequest request = GetTopicRequest.newBuilder().setName(name).setTopicOnly(true).build();
    return AdminAnswers.topic(
        calls
            .ask(TopicServiceGrpc::newBlockingStub, topics -> topics.getTopic(request))
            .getTopic());
  }

  /** A topic with the offsets and sizes of both tiers, and each cold file if asked. */
  public TopicDescription describeTopic(String name, boolean includeFiles) {
    GetTopicRequest request =
        GetTopicRequest.newBuilder().setName(name).setIncludeFiles(includeFiles).build();
    return AdminAnswers.description(
        calls.ask(TopicServiceGrpc::newBlockingStub, topics -> topics.getTopic(request)));
  }

  /** Grows a topic to {@code partitions}; it never shrinks. */
  public TopicSummary growTopic(String name, int partitions) {
    UpdateTopicRequest request =
        UpdateTopicRequest.newBuilder().setName(name).setPartitionCount(partitions).build();
    return AdminAnswers.topic(
        calls
            .change(TopicServiceGrpc::newBlockingStub, topics -> topics.updateTopic(request))
            .getTopic());
  }

  /** Deletes a topic, its table too or not. Once it returns, it is carried out for certain. */
  public void deleteTopic(String name, Cold cold) {
    ColdData data = cold == Cold.PURGE ? ColdData.COLD_DATA_PURGE : ColdData.COLD_DATA_KEEP;
    DeleteTopicRequest request =
        DeleteTopicRequest.newBuilder().setName(name).setCold(data).build();
    var unused =
        calls.changeLonger(
            TopicServiceGrpc::newBlockingStub, topics -> topics.deleteTopic(request));
  }

  /**
   * Deletes the records of a partition below an offset, for every reader.
   *
   * @return the log start now: never less than it was
   */
  public long deleteRecords(PartitionName partition, long beforeOffset) {
    if (beforeOffset < 0) {
      throw new IllegalArgumentException("Not an offset: " + beforeOffset);
    }
    return deleteBefore(partition, beforeOffset);
  }

  /** Deletes all records a partition has now, and returns its log start then. */
  public long deleteAllRecords(PartitionName partition) {
    return deleteBefore(partition, -1);
  }

  /**
   * Raises a partition's fence: from then on every append to it needs this token or a higher one,
   * see {@link io.thermocline.client.producer.Producer#holdToken}. Who wants to be the only writer
   * raises it to a token nobody had before, such as one more than {@link
   * TopicDescription.Partition#fence()}, and holds that.
   *
   * @param expected the fence as the caller knows it; 0 for none
   * @param token greater than {@code expected}
   * @return the fence now; when it was another one than expected, a {@link NotAppliedException} of
   *     kind {@link io.thermocline.model.ErrorKind#CONFLICT} says which in detail {@code "fence"}
   */
  public long raiseFence(PartitionName partition, long expected, long token) {
    RaiseFenceRequest request =
        RaiseFenceRequest.newBuilder()
            .setTopic(partition.topic())
            .setPartition(partition.partition())
            .setExpected(expected)
            .setToken(token)
            .build();
    return calls
        .change(StreamServiceGrpc::newBlockingStub, fences -> fences.raiseFence(request))
        .getToken();
  }

  /** One offset of one partition. */
  public long offset(PartitionName partition, OffsetLookup lookup) {
    return offsets(List.of(partition), lookup).get(partition);
  }

  /** The same offset of several partitions. */
  public Map<PartitionName, Long> offsets(
      Collection<PartitionName> partitions, OffsetLookup lookup) {
    return offsetQueries.offsets(partitions, lookup);
  }

  /**
   * The record that a look-up by time finds in each of several partitions; those where there is
   * none are left out.
   *
   * @param lookup {@link OffsetLookup#timestamp} or {@link OffsetLookup.Named#MAX_TIMESTAMP}
   */
  public Map<PartitionName, OffsetAndTimestamp> timedOffsets(
      Collection<PartitionName> partitions, OffsetLookup lookup) {
    return offsetQueries.timedOffsets(partitions, lookup);
  }

  /** Keeps a group's place, all of it or nothing; durable once it returns. */
  public void commitOffsets(String group, Map<PartitionName, Long> offsets) {
    CommitOffsetsRequest.Builder request = CommitOffsetsRequest.newBuilder().setGroup(group);
    offsets.forEach(
        (partition, offset) ->
            request.addOffsets(
                GroupOffset.newBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())
                    .setOffset(offset)));
    var unused =
        calls.change(
            GroupServiceGrpc::newBlockingStub, groups -> groups.commitOffsets(request.build()));
  }

  /** A group's place in each partition it has one in. */
  public Map<PartitionName, Long> groupOffsets(String group) {
    GetOffsetsRequest request = GetOffsetsRequest.newBuilder().setGroup(group).build();
    Map<PartitionName, Long> offsets = new HashMap<>();
    for (GroupOffset offset :
        calls
            .ask(GroupServiceGrpc::newBlockingStub, groups -> groups.getOffsets(request))
            .getOffsetsList()) {
      offsets.put(new PartitionName(offset.getTopic(), offset.getPartition()), offset.getOffset());
    }
    return offsets;
  }

  /** How far tiering is. All topics when {@code topic} is empty. */
  public List<TieringReport.Status> tieringStatus(String topic) {
    return tieringOverview(topic).partitions();
  }

  /** The same, with what the server counts of its commits and caches. */
  public TieringReport.Overview tieringOverview(String topic) {
    GetTieringStatusRequest request = GetTieringStatusRequest.newBuilder().setTopic(topic).build();
    return AdminAnswers.overview(
        calls.ask(
            TieringServiceGrpc::newBlockingStub, tiering -> tiering.getTieringStatus(request)));
  }

  /**
   * Tiers all that is durable, then lets go of local copies as the policies say, or of all that is
   * tiered. Returns when it is done.
   *
   * @param topic all tiered topics when empty
   */
  public List<TieringReport.Move> runTiering(String topic, boolean trimAll) {
    RunTieringRequest request =
        RunTieringRequest.newBuilder().setTopic(topic).setTrimAll(trimAll).build();
    return calls
        .changeLonger(TieringServiceGrpc::newBlockingStub, tiering -> tiering.runTiering(request))
        .getMovesList()
        .stream()
        .map(AdminAnswers::move)
        .toList();
  }

  /** Everything that is wrong with a policy document; empty when it is good. */
  public List<PolicyReport.Problem> validatePolicies(String yaml) {
    ValidatePoliciesRequest request = ValidatePoliciesRequest.newBuilder().setYaml(yaml).build();
    return calls
        .ask(PolicyServiceGrpc::newBlockingStub, policies -> policies.validatePolicies(request))
        .getProblemsList()
        .stream()
        .map(AdminAnswers::problem)
        .toList();
  }

  /** What a policy document would make happen now; of those in force when it is empty. */
  public PolicyReport.Plan planPolicies(String yaml) {
    PlanPoliciesRequest request = PlanPoliciesRequest.newBuilder().setYaml(yaml).build();
    PlanPoliciesResponse answer =
        calls.askLonger(
            PolicyServiceGrpc::newBlockingStub, policies -> policies.planPolicies(request));
    return new PolicyReport.Plan(
        answer.getActionsList().stream().map(AdminAnswers::action).toList(),
        answer.getEffectiveList().stream().map(AdminAnswers::effective).toList());
  }

  /** Makes a policy document effective, and says what that makes happen. */
  public List<PolicyReport.Action> applyPolicies(String yaml) {
    ApplyPoliciesRequest request = ApplyPoliciesRequest.newBuilder().setYaml(yaml).build();
    return calls
        .changeLonger(
            PolicyServiceGrpc::newBlockingStub, policies -> policies.applyPolicies(request))
        .getActionsList()
        .stream()
        .map(AdminAnswers::action)
        .toList();
  }

  /** The policies in force. */
  public PolicyReport.InForce policiesInForce() {
    GetPoliciesResponse answer =
        calls.ask(
            PolicyServiceGrpc::newBlockingStub,
            policies -> policies.getPolicies(GetPoliciesRequest.getDefaultInstance()));
    return new PolicyReport.InForce(
        answer.getYaml(), answer.getEffectiveList().stream().map(AdminAnswers::effective).toList());
  }

  /**
   * Runs one SELECT over the cold tables.
   *
   * @param maxRows at most this many rows
   */
  public QueryRows query(String sql, int maxRows) {
    QueryRequest request =
        QueryRequest.newBuilder()
            .setSql(sql)
            .setMaxRows(maxRows)
            .setMaxResponseBytes(Connections.MAX_MESSAGE_BYTES)
            .build();
    return new QueryRows(
        calls.askInParts(QueryServiceGrpc::newBlockingStub, queries -> queries.query(request)));
  }

  /**
   * Has the server read all that it has stored, in both tiers, and tell what is wrong with it.
   * Returns when it is done, which may take hours: it is read at a low pace, and without a
   * deadline.
   *
   * @param topic all topics when empty
   * @param secondReader whether DuckDB reads each data file too, and must read the same
   */
  public AuditReport.Totals verify(
      String topic, boolean secondReader, AuditReport.Listener listener) {
    VerifyRequest request =
        VerifyRequest.newBuilder().setTopic(topic).setSkipSecondReader(!secondReader).build();
    return audits.follow(request, listener);
  }

  private long deleteBefore(PartitionName partition, long offset) {
    DeleteRecordsRequest request =
        DeleteRecordsRequest.newBuilder()
            .setTopic(partition.topic())
            .setPartition(partition.partition())
            .setBeforeOffset(offset)
            .build();
    return calls
        .change(TopicServiceGrpc::newBlockingStub, topics -> topics.deleteRecords(request))
        .getLogStart();
  }
}
