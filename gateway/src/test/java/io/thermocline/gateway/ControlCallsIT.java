package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.ApplyPoliciesRequest;
import io.thermocline.proto.v1.CommitOffsetsRequest;
import io.thermocline.proto.v1.GetOffsetsRequest;
import io.thermocline.proto.v1.GetPoliciesRequest;
import io.thermocline.proto.v1.GetTieringStatusRequest;
import io.thermocline.proto.v1.GroupOffset;
import io.thermocline.proto.v1.PlanPoliciesRequest;
import io.thermocline.proto.v1.PolicyActionKind;
import io.thermocline.proto.v1.RunTieringRequest;
import io.thermocline.proto.v1.ValidatePoliciesRequest;
import io.thermocline.testkit.Records;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Groups, tiering and policies. */
class ControlCallsIT {
  private final OpenGateway gateway = new OpenGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void groupKeepsItsPlaceAndMayGoBack() {
    gateway.create("t", 2);
    gateway.create("u", 1);
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

  @Test
  void tieringTellsHowItStandsAndRunsNow() {
    gateway.create("t", 1);
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
    gateway.create("t", 1);
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
}
