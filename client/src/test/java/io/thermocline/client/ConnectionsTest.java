package io.thermocline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.StreamServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  @Test
  void afterCloseNoneIsOpened() {
    Connections connections = new Connections("127.0.0.1:1", Duration.ofMinutes(1));
    ManagedChannel channel = connections.open();
    connections.close();
    assertThat(channel.isTerminated()).isTrue();
    assertThatThrownBy(connections::open).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatStillRunsOnOneThatWasLetGoOfEndsToo() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Connections connections =
          new Connections("127.0.0.1:" + mute.getLocalPort(), Duration.ofMinutes(1));
      ManagedChannel channel = connections.open();
      begin(channel);
      connections.close(channel);
      assertThat(connections.open().isShutdown()).as("others go on").isFalse();
      assertThat(channel.isTerminated()).as("a call waits for an answer").isFalse();

      Thread.currentThread().interrupt();
      connections.close();

      assertThat(Thread.interrupted()).as("who has no time does not wait").isTrue();
      assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void begin(ManagedChannel channel) throws IOException {
    ClientCall<FetchRequest, FetchResponse> call =
        channel.newCall(StreamServiceGrpc.getFetchMethod(), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
  }
}
