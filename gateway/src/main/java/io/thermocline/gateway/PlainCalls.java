package io.thermocline.gateway;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.thermocline.codec.BatchBuilder;
import io.thermocline.codec.HeaderBuffer;
import io.thermocline.gateway.read.TieredReader;
import io.thermocline.gateway.stream.StreamSettings;
import io.thermocline.gateway.wire.Conditions;
import io.thermocline.gateway.wire.ResponseLimit;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.AppendConditions;
import io.thermocline.model.Compression;
import io.thermocline.model.HotTier;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.TopicPartition;
import io.thermocline.model.TopicRegistry;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.AppendResponse;
import io.thermocline.proto.v1.Header;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.proto.v1.ReadRequest;
import io.thermocline.proto.v1.ReadResponse;
import io.thermocline.proto.v1.StartPosition;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** {@code StreamService.Append} and {@code Read}: plain records, one call at a time. */
final class PlainCalls {
  private static final int DEFAULT_RECORDS = 100;
  private static final int MAX_RECORDS = 10_000;

  private final TopicRegistry topics;
  private final HotTier hot;
  private final TieredReader reader;
  private final InstantSource time;
  private final int responseBytes;
  private final Executor control;
  private final Unary unary;

  PlainCalls(GatewayParts parts, TieredReader reader, StreamSettings streams, Executor control) {
    this.topics = parts.topics();
    this.hot = parts.hot();
    this.reader = reader;
    this.time = parts.time();
    this.responseBytes = streams.fetchResponseBytes();
    this.control = control;
    this.unary = new Unary(control);
  }

  void append(AppendRequest request, StreamObserver<AppendResponse> out) {
    unary.answerLater(
        out,
        () -> {
          TopicPartition id = topics.require(request.getTopic()).partition(request.getPartition());
          AppendConditions conditions = Conditions.of(request);
          if (request.getRecordsCount() == 0) {
            throw Wire.invalid("records", "are missing: append one or more");
          }
          BatchBuilder batch = new BatchBuilder();
          HeaderBuffer headers = new HeaderBuffer();
          long now = time.millis();
          for (PlainRecord record : request.getRecordsList()) {
            headers.clear();
            for (Header header : record.getHeadersList()) {
              headers.add(
                  header.getName(), header.hasValue() ? header.getValue().toByteArray() : null);
            }
            batch.add(
                record.hasTimestamp() ? record.getTimestamp() : now,
                bytes(record.hasKey(), record.getKey()),
                bytes(record.hasValue(), record.getValue()),
                headers);
          }
          return hot.append(id, batch.build(Compression.NONE), conditions)
              .thenApply(
                  appended ->
                      AppendResponse.newBuilder()
                          .setBaseOffset(appended.baseOffset())
                          .setAppendTime(appended.appendTimeMillis())
                          .build());
        });
  }

  private static byte[] bytes(boolean present, ByteString value) {
    return present ? value.toByteArray() : null;
  }

  void read(ReadRequest request, StreamObserver<ReadResponse> out) {
    unary.answerLater(
        out,
        () -> {
          TopicPartition id = topics.require(request.getTopic()).partition(request.getPartition());
          if (request.getMaxRecords() < 0 || request.getMaxRecords() > MAX_RECORDS) {
            throw Wire.invalid(
                "max_records",
                "is %d: it is 0 (taken as %d) to %d"
                    .formatted(request.getMaxRecords(), DEFAULT_RECORDS, MAX_RECORDS));
          }
          int records = request.getMaxRecords() == 0 ? DEFAULT_RECORDS : request.getMaxRecords();
          ResponseLimit limit = ResponseLimit.of(request);
          return start(id, request.getStart())
              .thenCompose(
                  from -> more(id, new PlainReading(id, from, records, responseBytes, limit)))
              .thenApply(PlainReading::toProto);
        });
  }

  private CompletableFuture<Long> start(TopicPartition id, StartPosition start) {
    return switch (start.getPositionCase()) {
      case EARLIEST, POSITION_NOT_SET ->
          CompletableFuture.completedFuture(reader.bounds(id).logStart());
      case LATEST -> CompletableFuture.completedFuture(reader.bounds(id).end());
      case OFFSET -> CompletableFuture.completedFuture(start.getOffset());
      case TIMESTAMP ->
          reader
              .offsetForTimestamp(id, start.getTimestamp())
              .thenApply(
                  found ->
                      found
                          .map(OffsetAndTimestamp::offset)
                          .orElseGet(() -> reader.bounds(id).end()));
    };
  }

  /** Reads on until the answer is full, or all there is was read. */
  private CompletableFuture<PlainReading> more(TopicPartition id, PlainReading reading) {
    return reader
        .read(id, reading.nextOffset(), responseBytes, false)
        .thenComposeAsync(
            read -> {
              reading.take(read);
              return reading.isDone()
                  ? CompletableFuture.completedFuture(reading)
                  : more(id, reading);
            },
            control);
  }
}
