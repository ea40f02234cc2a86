package io.thermocline.gateway;

import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.proto.v1.ApplyPoliciesRequest;
import io.thermocline.proto.v1.ApplyPoliciesResponse;
import io.thermocline.proto.v1.EffectivePolicy;
import io.thermocline.proto.v1.GetPoliciesRequest;
import io.thermocline.proto.v1.GetPoliciesResponse;
import io.thermocline.proto.v1.PlanPoliciesRequest;
import io.thermocline.proto.v1.PlanPoliciesResponse;
import io.thermocline.proto.v1.PolicyAction;
import io.thermocline.proto.v1.PolicyActionKind;
import io.thermocline.proto.v1.PolicyServiceGrpc;
import io.thermocline.proto.v1.ValidatePoliciesRequest;
import io.thermocline.proto.v1.ValidatePoliciesResponse;
import io.thermocline.tiering.PolicyPlan;
import io.thermocline.tiering.Tiering;
import java.util.List;
import java.util.Optional;

/** {@code PolicyService}. */
final class PolicyCalls extends PolicyServiceGrpc.PolicyServiceImplBase {
  private final Tiering tiering;
  private final Unary unary;
  private final Unary slow;

  PolicyCalls(GatewayParts parts, Unary unary, Unary slow) {
    this.tiering = parts.tiering();
    this.unary = unary;
    this.slow = slow;
  }

  @Override
  public void validatePolicies(
      ValidatePoliciesRequest request, StreamObserver<ValidatePoliciesResponse> out) {
    unary.answer(
        out,
        () -> {
          ValidatePoliciesResponse.Builder answer = ValidatePoliciesResponse.newBuilder();
          tiering
              .validate(request.getYaml())
              .forEach(
                  problem ->
                      answer
                          .addProblemsBuilder()
                          .setLine(problem.line())
                          .setColumn(problem.column())
                          .setPath(problem.path())
                          .setMessage(problem.message()));
          return answer.build();
        });
  }

  @Override
  public void planPolicies(PlanPoliciesRequest request, StreamObserver<PlanPoliciesResponse> out) {
    slow.answer(
        out,
        () -> {
          PolicyPlan plan =
              tiering.plan(
                  request.getYaml().isEmpty() ? Optional.empty() : Optional.of(request.getYaml()));
          return PlanPoliciesResponse.newBuilder()
              .addAllActions(actions(plan))
              .addAllEffective(effective(plan))
              .build();
        });
  }

  @Override
  public void applyPolicies(
      ApplyPoliciesRequest request, StreamObserver<ApplyPoliciesResponse> out) {
    slow.answer(
        out,
        () ->
            ApplyPoliciesResponse.newBuilder()
                .addAllActions(actions(tiering.apply(request.getYaml())))
                .build());
  }

  @Override
  public void getPolicies(GetPoliciesRequest request, StreamObserver<GetPoliciesResponse> out) {
    slow.answer(
        out,
        () ->
            GetPoliciesResponse.newBuilder()
                .setYaml(tiering.policies())
                .addAllEffective(effective(tiering.plan(Optional.empty())))
                .build());
  }

  private static List<PolicyAction> actions(PolicyPlan plan) {
    return plan.actions().stream()
        .map(
            action ->
                PolicyAction.newBuilder()
                    .setKind(kind(action.kind()))
                    .setTopic(action.id().topic().name())
                    .setPartition(action.id().partition())
                    .setRange(Wire.range(action.range()))
                    .setBytes(action.bytes())
                    .setReason(action.reason())
                    .build())
        .toList();
  }

  private static PolicyActionKind kind(PolicyPlan.Kind kind) {
    return switch (kind) {
      case TIER -> PolicyActionKind.POLICY_ACTION_KIND_TIER;
      case TRIM -> PolicyActionKind.POLICY_ACTION_KIND_TRIM;
      case DELETE -> PolicyActionKind.POLICY_ACTION_KIND_DELETE;
    };
  }

  private static List<EffectivePolicy> effective(PolicyPlan plan) {
    return plan.effective().stream()
        .map(
            policy -> {
              EffectivePolicy.Builder wire =
                  EffectivePolicy.newBuilder()
                      .setTopic(policy.topic().name())
                      .setPolicyIndex(policy.policyIndex());
              policy
                  .settings()
                  .forEach(
                      setting ->
                          wire.addSettingsBuilder()
                              .setKey(setting.key())
                              .setValue(setting.value())
                              .setSource(setting.source()));
              return wire.build();
            })
        .toList();
  }
}
