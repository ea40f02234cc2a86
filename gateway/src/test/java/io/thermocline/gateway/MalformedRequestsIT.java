package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.Timer;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.QueryServiceGrpc;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.proto.v1.TopicServiceGrpc;
import io.thermocline.testkit.Await;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes that are no message end their call, and nothing of it stays behind. */
@Timeout(60)
class MalformedRequestsIT {
  /** A field's tag, and nothing behind it. */
  private static final byte[] CUT_OFF = {0x0a};

  private final OpenGateway gateway = new OpenGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  /** Sends bytes as they are. */
  private static final class Bytes implements Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] bytes) {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("Only sends");
    }
  }

  private <A> Status endOfCallOf(MethodDescriptor<?, A> method) {
    MethodDescriptor<byte[], A> raw =
        method.toBuilder(new Bytes(), method.getResponseMarshaller()).build();
    Received<byte[], A> received = new Received<>(false);
    var requests =
        ClientCalls.asyncBidiStreamingCall(
            gateway.channel.newCall(raw, CallOptions.DEFAULT), received);
    requests.onNext(CUT_OFF);
    requests.onCompleted();
    return received.end();
  }

  /** Under which code it is counted depends on which side's end is seen first. */
  private void assertNothingIsLeft(String method) {
    for (String left : List.of("thermocline.grpc.open", "thermocline.streams.open")) {
      Await.until(left + " is 0", () -> gateway.metrics.get(left).gauge().value() == 0);
    }
    Await.until(
        "the call is counted",
        () ->
            gateway.metrics.find("thermocline.grpc.calls").tag("method", method).timers().stream()
                    .mapToLong(Timer::count)
                    .sum()
                == 1);
  }

  @Test
  void ofCallsAndStreams() {
    for (MethodDescriptor<?, ?> method :
        List.of(
            TopicServiceGrpc.getListTopicsMethod(),
            QueryServiceGrpc.getQueryMethod(),
            StreamServiceGrpc.getFetchMethod())) {
      Status end = endOfCallOf(method);
      assertThat(end.getCode()).as(method.getFullMethodName()).isEqualTo(Status.Code.UNKNOWN);
      assertNothingIsLeft(method.getFullMethodName());
    }
  }

  @Test
  void ofAProduceStream() {
    MethodDescriptor<?, ?> method = StreamServiceGrpc.getProduceMethod();
    Status end = endOfCallOf(method);
    Refusals.ended(ErrorKind.INVALID, end);
    assertNothingIsLeft(method.getFullMethodName());
  }
}
