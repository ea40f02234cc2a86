package io.thermocline.client.admin;

import io.thermocline.client.record.PartitionName;
import io.thermocline.client.wire.Calls;
import io.thermocline.client.wire.GrpcFailures;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.proto.v1.ListOffsetsRequest;
import io.thermocline.proto.v1.OffsetQuery;
import io.thermocline.proto.v1.OffsetResult;
import io.thermocline.proto.v1.OffsetSpec;
import io.thermocline.proto.v1.StreamServiceGrpc;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks offsets up. */
record OffsetQueries(Calls calls) {
  /** What the server takes in one call. */
  private static final int MAX_QUERIES = 1000;

  /** What the look-up finds in each of the partitions. */
  Map<PartitionName, Long> offsets(Collection<PartitionName> partitions, OffsetLookup lookup) {
    Map<PartitionName, Long> offsets = new HashMap<>();
    for (OffsetResult result : results(partitions, lookup)) {
      offsets.put(name(result), result.getOffset());
    }
    return offsets;
  }

  /** The record it finds in each, where there is one. */
  Map<PartitionName, OffsetAndTimestamp> timedOffsets(
      Collection<PartitionName> partitions, OffsetLookup lookup) {
    Map<PartitionName, OffsetAndTimestamp> found = new HashMap<>();
    for (OffsetResult result : results(partitions, lookup)) {
      if (result.hasTimestamp()) {
        found.put(name(result), new OffsetAndTimestamp(result.getOffset(), result.getTimestamp()));
      }
    }
    return found;
  }

  private List<OffsetResult> results(Collection<PartitionName> partitions, OffsetLookup lookup) {
    List<PartitionName> all = List.copyOf(partitions);
    List<OffsetResult> results = new ArrayList<>();
    for (int from = 0; from < all.size(); from += MAX_QUERIES) {
      results.addAll(ask(all.subList(from, Math.min(all.size(), from + MAX_QUERIES)), lookup));
    }
    return results;
  }

  private List<OffsetResult> ask(List<PartitionName> partitions, OffsetLookup lookup) {
    ListOffsetsRequest.Builder request = ListOffsetsRequest.newBuilder();
    partitions.forEach(partition -> request.addQueries(query(partition, lookup)));
    List<OffsetResult> results =
        calls
            .ask(
                StreamServiceGrpc::newBlockingStub, offsets -> offsets.listOffsets(request.build()))
            .getResultsList();
    for (OffsetResult result : results) {
      if (result.hasError()) {
        throw GrpcFailures.of(result.getError()).read();
      }
    }
    return results;
  }

  private static PartitionName name(OffsetResult result) {
    return new PartitionName(result.getTopic(), result.getPartition());
  }

  private static OffsetQuery query(PartitionName partition, OffsetLookup lookup) {
    OffsetQuery.Builder query =
        OffsetQuery.newBuilder().setTopic(partition.topic()).setPartition(partition.partition());
    if (lookup instanceof OffsetLookup.AtTimestamp at) {
      return query.setSpec(OffsetSpec.OFFSET_SPEC_TIMESTAMP).setTimestamp(at.millis()).build();
    }
    OffsetSpec spec =
        switch ((OffsetLookup.Named) lookup) {
          case EARLIEST -> OffsetSpec.OFFSET_SPEC_EARLIEST;
          case LATEST -> OffsetSpec.OFFSET_SPEC_LATEST;
          case EARLIEST_LOCAL -> OffsetSpec.OFFSET_SPEC_EARLIEST_LOCAL;
          case LATEST_TIERED -> OffsetSpec.OFFSET_SPEC_LATEST_TIERED;
          case MAX_TIMESTAMP -> OffsetSpec.OFFSET_SPEC_MAX_TIMESTAMP;
        };
    return query.setSpec(spec).build();
  }
}
