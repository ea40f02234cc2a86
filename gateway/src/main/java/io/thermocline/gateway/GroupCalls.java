package io.thermocline.gateway;

import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.GroupOffsets;
import io.thermocline.model.TopicNames;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.proto.v1.CommitOffsetsRequest;
import io.thermocline.proto.v1.CommitOffsetsResponse;
import io.thermocline.proto.v1.GetOffsetsRequest;
import io.thermocline.proto.v1.GetOffsetsResponse;
import io.thermocline.proto.v1.GroupOffset;
import io.thermocline.proto.v1.GroupServiceGrpc;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code GroupService}. */
final class GroupCalls extends GroupServiceGrpc.GroupServiceImplBase {
  private final GroupOffsets groups;
  private final TopicRegistry topics;
  private final Unary unary;

  GroupCalls(GatewayParts parts, Unary unary) {
    this.groups = parts.groups();
    this.topics = parts.topics();
    this.unary = unary;
  }

  @Override
  public void commitOffsets(
      CommitOffsetsRequest request, StreamObserver<CommitOffsetsResponse> out) {
    unary.answerLater(
        out,
        () ->
            groups
                .commit(TopicNames.check(request.getGroup()), places(request.getOffsetsList()))
                .thenApply(done -> CommitOffsetsResponse.getDefaultInstance()));
  }

  private Map<TopicPartition, Long> places(List<GroupOffset> offsets) {
    Map<TopicPartition, Long> places = new HashMap<>();
    for (GroupOffset place : offsets) {
      TopicPartition id = topics.require(place.getTopic()).partition(place.getPartition());
      if (place.getOffset() < 0) {
        throw Wire.invalid("offsets.offset", "is negative: " + place.getOffset() + " of " + id);
      }
      if (places.put(id, place.getOffset()) != null) {
        throw Wire.invalid("offsets", "name a partition twice: " + id);
      }
    }
    return places;
  }

  @Override
  public void getOffsets(GetOffsetsRequest request, StreamObserver<GetOffsetsResponse> out) {
    unary.answer(
        out,
        () -> {
          GetOffsetsResponse.Builder answer = GetOffsetsResponse.newBuilder();
          String only =
              request.getTopic().isEmpty() ? "" : topics.require(request.getTopic()).name();
          groups.offsets(TopicNames.check(request.getGroup())).entrySet().stream()
              .filter(place -> only.isEmpty() || place.getKey().topic().name().equals(only))
              .sorted(
                  Comparator.comparing(
                          (Map.Entry<TopicPartition, Long> place) -> place.getKey().topic().name())
                      .thenComparing(place -> place.getKey().partition()))
              .forEach(
                  place ->
                      answer
                          .addOffsetsBuilder()
                          .setTopic(place.getKey().topic().name())
                          .setPartition(place.getKey().partition())
                          .setOffset(place.getValue()));
          return answer.build();
        });
  }
}
