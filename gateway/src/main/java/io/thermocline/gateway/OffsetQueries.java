package io.thermocline.gateway;

import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.read.ReadPools;
import io.thermocline.gateway.read.TieredReader;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ColdTier;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.proto.v1.ListOffsetsRequest;
import io.thermocline.proto.v1.ListOffsetsResponse;
import io.thermocline.proto.v1.OffsetQuery;
import io.thermocline.proto.v1.OffsetResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code StreamService.ListOffsets}: each query has its own answer, or its own error. */
final class OffsetQueries {
  private static final int MAX_QUERIES = 1000;

  private final TopicRegistry topics;
  private final ColdTier cold;
  private final TieredReader reader;
  private final ReadPools pools;
  private final Unary unary;

  OffsetQueries(GatewayParts parts, TieredReader reader, ReadPools pools, Unary unary) {
    this.topics = parts.topics();
    this.cold = parts.cold();
    this.reader = reader;
    this.pools = pools;
    this.unary = unary;
  }

  void list(ListOffsetsRequest request, StreamObserver<ListOffsetsResponse> out) {
    unary.answerLater(
        out,
        () -> {
          if (request.getQueriesCount() > MAX_QUERIES) {
            throw Wire.invalid(
                "queries",
                "are %d: one call takes %d at most"
                    .formatted(request.getQueriesCount(), MAX_QUERIES));
          }
          List<CompletableFuture<OffsetResult>> results =
              request.getQueriesList().stream().map(this::answer).toList();
          return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
              .thenApply(
                  done ->
                      ListOffsetsResponse.newBuilder()
                          .addAllResults(results.stream().map(CompletableFuture::join).toList())
                          .build());
        });
  }

  private CompletableFuture<OffsetResult> answer(OffsetQuery query) {
    CompletableFuture<OffsetResult.Builder> found;
    try {
      found = find(query, topics.require(query.getTopic()).partition(query.getPartition()));
    } catch (RuntimeException failure) {
      found = CompletableFuture.failedFuture(failure);
    }
    return found
        .exceptionally(
            failure -> OffsetResult.newBuilder().setError(ErrorStatuses.toProto(failure)))
        .thenApply(
            result -> result.setTopic(query.getTopic()).setPartition(query.getPartition()).build());
  }

  private CompletableFuture<OffsetResult.Builder> find(OffsetQuery query, TopicPartition id) {
    return switch (query.getSpec()) {
      case OFFSET_SPEC_EARLIEST -> at(reader.bounds(id).logStart());
      case OFFSET_SPEC_LATEST -> at(reader.bounds(id).end());
      case OFFSET_SPEC_EARLIEST_LOCAL -> at(reader.bounds(id).hotStart());
      case OFFSET_SPEC_LATEST_TIERED -> pools.cold(() -> at(tieredTo(id)));
      case OFFSET_SPEC_TIMESTAMP -> orEnd(id, reader.offsetForTimestamp(id, query.getTimestamp()));
      case OFFSET_SPEC_MAX_TIMESTAMP -> orEnd(id, reader.maxTimestamp(id));
      case OFFSET_SPEC_UNSPECIFIED, UNRECOGNIZED ->
          throw Wire.invalid("queries.spec", "is not set, or not known: " + query.getSpecValue());
    };
  }

  private CompletableFuture<OffsetResult.Builder> orEnd(
      TopicPartition id, CompletableFuture<Optional<OffsetAndTimestamp>> searched) {
    return searched.thenApply(
        hit ->
            hit.map(OffsetQueries::at)
                .orElseGet(() -> OffsetResult.newBuilder().setOffset(reader.bounds(id).end())));
  }

  private long tieredTo(TopicPartition id) {
    return cold.topic(id.topic())
        .map(table -> table.partition(id.partition()).tieredTo())
        .orElse(0L);
  }

  private static CompletableFuture<OffsetResult.Builder> at(long offset) {
    return CompletableFuture.completedFuture(OffsetResult.newBuilder().setOffset(offset));
  }

  private static OffsetResult.Builder at(OffsetAndTimestamp hit) {
    return OffsetResult.newBuilder().setOffset(hit.offset()).setTimestamp(hit.timestampMillis());
  }
}
