package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.thermocline.gateway.fetch.FetchAnswer;
import io.thermocline.gateway.fetch.FetchMarshaller;
import io.thermocline.gateway.produce.ProduceMarshaller;
import io.thermocline.gateway.produce.ProduceMessage;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.model.BatchContent;
import io.thermocline.model.Compression;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.OffsetRange;
import io.thermocline.proto.v1.ProduceRequest;
import io.thermocline.proto.v1.ProducerSequence;
import io.thermocline.proto.v1.RecordBatch;
import io.thermocline.proto.v1.Tier;
import io.thermocline.testkit.Records;
import io.thermocline.testkit.TestBatches;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The hand-written marshallers do just what the generated ones do. */
class MarshallersTest {
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#many")
  void producedMessagesAreTakenInAsTheGeneratedParserWould(long seed) throws IOException {
    Random random = new Random(seed);
    ProduceRequest request = request(random);
    byte[] bytes = request.toByteArray();
    assertSame(ProduceMarshaller.parse(bytes), request);
    ProduceMarshaller marshaller = new ProduceMarshaller();
    assertSame(marshaller.parse(new ByteArrayInputStream(bytes)), request);
  }

  private static void assertSame(ProduceMessage message, ProduceRequest request) {
    assertThat(message.problem()).isEmpty();
    ProduceRequest.Builder whole = message.head().toBuilder();
    if (message.payload().hasRemaining()) {
      whole.getBatchBuilder().setPayload(ByteString.copyFrom(message.payload().duplicate()));
    }
    assertThat(whole.build()).isEqualTo(request);
  }

  private static ProduceRequest request(Random random) {
    ProduceRequest.Builder request =
        ProduceRequest.newBuilder()
            .setRequestId(random.nextLong())
            .setTopic("topic-" + random.nextInt())
            .setPartition(random.nextInt())
            .setRestart(random.nextBoolean());
    if (random.nextBoolean()) {
      request.setSequence(
          ProducerSequence.newBuilder()
              .setProducerId(random.nextLong())
              .setEpoch(random.nextInt(3) - 1)
              .setBaseSequence(random.nextInt()));
    }
    if (random.nextBoolean()) {
      request.setExpectedOffset(random.nextInt(3) - 1L);
    }
    if (random.nextBoolean()) {
      request.setFenceToken(random.nextInt(3) * random.nextLong());
    }
    if (random.nextInt(5) > 0) {
      request.setBatch(batch(random));
    }
    return request.build();
  }

  private static RecordBatch batch(Random random) {
    byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(70_000)];
    random.nextBytes(payload);
    return RecordBatch.newBuilder()
        .setRecordCount(random.nextInt())
        .setLastOffsetDelta(random.nextInt(3))
        .setCompressionValue(random.nextInt(6))
        .setUncompressedSize(random.nextInt())
        .setBaseTimestamp(random.nextLong())
        .setAttributes(random.nextInt())
        .setCrc32C(random.nextInt())
        .setPayload(ByteString.copyFrom(payload))
        .build();
  }

  @Test
  void producedBytesAreReadIntoOneArray() throws IOException {
    ProduceRequest request =
        ProduceRequest.newBuilder()
            .setBatch(RecordBatch.newBuilder().setPayload(ByteString.copyFrom(new byte[300_000])))
            .build();
    PiecesStream stream = new PiecesStream(request.toByteArray());
    assertSame(new ProduceMarshaller().parse(stream), request);
    assertThat(stream.targets).hasSize(1);
  }

  /** Gives a piece of 16 KiB at a time, as frames come, and notes which arrays they go to. */
  private static final class PiecesStream extends FilterInputStream implements KnownLength {
    final Set<byte[]> targets = Collections.newSetFromMap(new IdentityHashMap<>());

    PiecesStream(byte[] bytes) {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      targets.add(target);
      return super.read(target, offset, Math.min(length, 16 * 1024));
    }
  }

  @Test
  void unusualButLegalLayoutsAreTakenInToo() throws IOException {
    Random random = new Random(1);
    RecordBatch first = batch(random).toBuilder().setPayload(ByteString.copyFromUtf8("p")).build();
    byte[] head = ProduceRequest.newBuilder().setRequestId(7).setTopic("t").build().toByteArray();
    byte[] batch = ProduceRequest.newBuilder().setBatch(first).build().toByteArray();
    byte[] other =
        ProduceRequest.newBuilder()
            .setBatch(RecordBatch.newBuilder().setPayload(ByteString.copyFromUtf8("other")))
            .build()
            .toByteArray();
    byte[] noPayload =
        ProduceRequest.newBuilder()
            .setBatch(RecordBatch.newBuilder().setRecordCount(3))
            .build()
            .toByteArray();
    // An unknown field: number 100, as a future client may send it.
    byte[] unknown = {(byte) 0xa0, 0x06, 0x01};
    for (byte[] bytes :
        List.of(
            join(batch, head),
            join(batch, other),
            join(other, batch, noPayload),
            join(head, batch, unknown),
            join(unknown, head, batch),
            join(noPayload, batch),
            new byte[0])) {
      ProduceRequest expected = ProduceRequest.parseFrom(bytes);
      assertSame(ProduceMarshaller.parse(bytes), expected);
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#many")
  void damagedBytesAreRefusedWheneverTheGeneratedParserRefusesThem(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] good = request(random).toByteArray();
    for (int i = 0; i < 40; i++) {
      byte[] bytes = java.util.Arrays.copyOf(good, 1 + random.nextInt(good.length));
      bytes[random.nextInt(Math.min(bytes.length, 60))] = (byte) random.nextInt();
      ProduceRequest expected = null;
      try {
        expected = ProduceRequest.parseFrom(bytes);
      } catch (InvalidProtocolBufferException refused) {
        assertThatThrownBy(() -> ProduceMarshaller.parse(bytes))
            .isInstanceOf(InvalidProtocolBufferException.class);
        assertThat(new ProduceMarshaller().parse(new ByteArrayInputStream(bytes)).problem())
            .isPresent();
      }
      if (expected != null) {
        assertSame(ProduceMarshaller.parse(bytes), expected);
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#many")
  void fetchResponsesAreWrittenAsTheGeneratedEncoderWould(long seed) throws IOException {
    Random random = new Random(seed);
    FetchAnswer answer = answer(random);
    byte[] expected = answer.toProto().toByteArray();

    InputStream drained = new FetchMarshaller().stream(answer);
    assertThat(drained).isInstanceOf(KnownLength.class);
    assertThat(drained.available()).isEqualTo(expected.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(((Drainable) drained).drainTo(out)).isEqualTo(expected.length);
    assertThat(out.toByteArray()).isEqualTo(expected);
    assertThat(drained.available()).isZero();
    assertThat(drained.read()).isEqualTo(-1);

    InputStream read = new FetchMarshaller().stream(answer);
    assertThat(read.read()).isEqualTo(expected.length == 0 ? -1 : expected[0] & 0xff);
    assertThat(read.available()).isEqualTo(Math.max(0, expected.length - 1));
    assertThat(read.readAllBytes().length).isEqualTo(Math.max(0, expected.length - 1));
    assertThat(FetchResponse.parseFrom(new FetchMarshaller().stream(answer)))
        .isEqualTo(answer.toProto());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("io.thermocline.testkit.Seeds#many")
  void payloadsAreGivenUpOnceAndOnlyWhenAllOfThemWereWritten(long seed) throws IOException {
    FetchAnswer answer = answer(new Random(seed));
    byte[] expected = answer.toProto().toByteArray();
    AtomicInteger givenUp = new AtomicInteger();
    FetchAnswer counted =
        new FetchAnswer(answer.head(), answer.batches(), givenUp::incrementAndGet);

    InputStream drained = new FetchMarshaller().stream(counted);
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int from, int length) {
            assertThat(givenUp).hasValue(0);
            super.write(bytes, from, length);
          }
        };
    assertThat(givenUp).hasValue(0);
    assertThat(((Drainable) drained).drainTo(out)).isEqualTo(expected.length);
    assertThat(givenUp).hasValue(1);
    assertThat(((Drainable) drained).drainTo(out)).isZero();
    assertThat(drained.read()).isEqualTo(-1);
    assertThat(givenUp).hasValue(1);

    InputStream read = new FetchMarshaller().stream(counted);
    assertThat(read.readAllBytes()).isEqualTo(expected);
    assertThat(read.read()).isEqualTo(-1);
    assertThat(givenUp).hasValue(2);
  }

  private static FetchAnswer answer(Random random) {
    FetchResponse.Builder head =
        FetchResponse.newBuilder()
            .setTopic("t".repeat(random.nextInt(3)))
            .setPartition(random.nextInt(3))
            .setPositionId(random.nextLong())
            .setTier(random.nextBoolean() ? Tier.TIER_COLD : Tier.TIER_UNSPECIFIED)
            .setNextOffset(random.nextLong())
            .setCaughtUp(random.nextBoolean());
    if (random.nextBoolean()) {
      head.addLost(OffsetRange.newBuilder().setFrom(1).setTo(random.nextLong()));
      head.setError(ErrorStatuses.toProto(new java.util.concurrent.CancellationException("x")));
    }
    List<io.thermocline.model.RecordBatch> batches = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      BatchContent content =
          TestBatches.content(
              Compression.ofCode(random.nextInt(3)),
              Records.random(random, 0, 1 + random.nextInt(50)));
      batches.add(
          new io.thermocline.model.RecordBatch(
              random.nextInt(2) == 0 ? 0 : random.nextLong(Long.MAX_VALUE / 2),
              random.nextLong(),
              random.nextLong(),
              moved(random, content)));
    }
    return new FetchAnswer(head.build(), batches);
  }

  /** The same content in a read-only, a direct, or a larger buffer, or without a payload. */
  private static BatchContent moved(Random random, BatchContent content) {
    ByteBuffer payload = content.payload().duplicate();
    ByteBuffer moved =
        switch (random.nextInt(4)) {
          case 0 -> payload.asReadOnlyBuffer();
          case 1 -> ByteBuffer.allocateDirect(payload.remaining()).put(payload).flip();
          case 2 ->
              ByteBuffer.allocate(payload.remaining() + 20)
                  .position(7)
                  .put(payload)
                  .limit(content.sizeInBytes() + 7)
                  .position(7);
          default -> ByteBuffer.allocate(0);
        };
    return new BatchContent(
        content.count(),
        content.lastOffsetDelta(),
        content.compression(),
        content.attributes(),
        content.baseTimestampMillis(),
        content.uncompressedBytes(),
        content.crc32c(),
        moved);
  }
}
