package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Drainable;
import io.thermocline.gateway.fetch.FetchAnswer;
import io.thermocline.gateway.fetch.FetchMarshaller;
import io.thermocline.gateway.produce.ProduceMarshaller;
import io.thermocline.gateway.produce.ProduceMessage;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.RecordBatch;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.testkit.FuzzCorpus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The hand-written marshallers and the generated ones say the same of any bytes. */
class MarshallersFuzzTest {

  @TestFactory
  Stream<DynamicTest> keptInputs() {
    return FuzzCorpus.replay(this);
  }

  @FuzzTest
  void aProduceRequestIsTakenInAsTheGeneratedParserDoes(byte[] input) throws IOException {
    ProduceRequest expected;
    try {
      expected = ProduceRequest.parseFrom(input);
    } catch (InvalidProtocolBufferException refused) {
      assertThatThrownBy(() -> ProduceMarshaller.parse(input))
          .isInstanceOf(InvalidProtocolBufferException.class);
      assertThat(new ProduceMarshaller().parse(new ByteArrayInputStream(input)).problem())
          .isPresent();
      return;
    }
    ProduceMessage message = ProduceMarshaller.parse(input);
    assertThat(message.problem()).isEmpty();
    assertThat(message.head().getBatch().getPayload()).isEmpty();
    ProduceRequest.Builder whole = message.head().toBuilder();
    if (message.payload().hasRemaining()) {
      whole.getBatchBuilder().setPayload(ByteString.copyFrom(message.payload().duplicate()));
    }
    assertThat(whole.build()).isEqualTo(expected);
    try {
      assertThat(message.content().payload()).isEqualTo(message.payload());
    } catch (ThermoclineException refused) {
      assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID);
    }
  }

  @FuzzTest
  void aFetchResponseIsWrittenAsTheGeneratedEncoderDoes(byte[] input) throws IOException {
    FetchResponse given;
    try {
      given = FetchResponse.parseFrom(input);
    } catch (InvalidProtocolBufferException notOne) {
      return;
    }
    List<RecordBatch> batches = new ArrayList<>();
    for (io.thermocline.proto.v1.RecordBatch batch : given.getBatchesList()) {
      if (batch.getBaseOffset() >= 0 && batch.getLastOffsetDelta() >= 0) {
        batches.add(stored(batch));
      }
    }
    // A server's own response has no fields that it does not know.
    FetchResponse head =
        given.toBuilder()
            .clearBatches()
            .setUnknownFields(UnknownFieldSet.getDefaultInstance())
            .build();
    FetchAnswer answer = new FetchAnswer(head, batches);
    byte[] expected = answer.toProto().toByteArray();
    ByteArrayOutputStream drained = new ByteArrayOutputStream();
    assertThat(((Drainable) new FetchMarshaller().stream(answer)).drainTo(drained))
        .isEqualTo(expected.length);
    assertThat(drained.toByteArray()).isEqualTo(expected);
    assertThat(new FetchMarshaller().stream(answer).readAllBytes()).isEqualTo(expected);
  }

  private static RecordBatch stored(io.thermocline.proto.v1.RecordBatch batch) {
    return new RecordBatch(
        batch.getBaseOffset(),
        batch.getAppendTime(),
        batch.getMaxTimestamp(),
        new BatchContent(
            batch.getRecordCount(),
            batch.getLastOffsetDelta(),
            Compression.ofCode((batch.getCompressionValue() & 0xff) % 3),
            batch.getAttributes(),
            batch.getBaseTimestamp(),
            batch.getUncompressedSize(),
            batch.getCrc32C(),
            batch.getPayload().asReadOnlyByteBuffer()));
  }
}
