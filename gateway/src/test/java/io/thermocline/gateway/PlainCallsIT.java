package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.AppendRequest;
import io.thermocline.proto.v1.AppendResponse;
import io.thermocline.proto.v1.DeleteRecordsRequest;
import io.thermocline.proto.v1.Header;
import io.thermocline.proto.v1.ListOffsetsRequest;
import io.thermocline.proto.v1.OffsetQuery;
import io.thermocline.proto.v1.OffsetResult;
import io.thermocline.proto.v1.OffsetSpec;
import io.thermocline.proto.v1.PlainRecord;
import io.thermocline.proto.v1.ReadRequest;
import io.thermocline.proto.v1.ReadResponse;
import io.thermocline.proto.v1.Tier;
import io.thermocline.testkit.Records;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records without a stream: appended, read, deleted, looked up. */
class PlainCallsIT {
  private final OpenGateway gateway = new OpenGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void appendedRecordsAreReadBackAsTheyWere() {
    gateway.create("t", 1);
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
    gateway.create("t", 1);
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
    gateway.create("t", 1);
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
    gateway.create("t", 1);
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

  @Test
  void deletedRecordsAreGoneForEveryReader() {
    gateway.create("t", 1);
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
}
