package io.thermocline.client.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.thermocline.proto.v1.FetchRequest;
import io.thermocline.proto.v1.FetchResponse;
import io.thermocline.proto.v1.StreamServiceGrpc;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  @Test
  void afterCloseNoneIsOpened() {
    Connections connections = new Connections("127.0.0.1:1", Duration.ofMinutes(1));
    Connection connection = connections.open();
    connections.close();
    assertThat(connection.channel().isTerminated()).isTrue();
    assertThatThrownBy(connections::open).isInstanceOf(IllegalStateException.class);
    connection.close();
    connections.close();
  }

  @Test
  void anAddressThatIsNoneLeavesNoOpenFilesBehind() {
    assumeThat(ManagementFactory.getOperatingSystemMXBean())
        .isInstanceOf(UnixOperatingSystemMXBean.class);
    UnixOperatingSystemMXBean system =
        (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Connections connections = new Connections("no scheme://{", Duration.ofMinutes(1));
    assertThatThrownBy(connections::open).isInstanceOf(IllegalArgumentException.class);
    long before = system.getOpenFileDescriptorCount();
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(connections::open).isInstanceOf(IllegalArgumentException.class);
    }
    Await.until("closed", () -> system.getOpenFileDescriptorCount() < before + 50);
  }

  @Test
  void whatStillRunsOnOneThatWasLetGoOfEndsToo() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Connections connections =
          new Connections("127.0.0.1:" + mute.getLocalPort(), Duration.ofMinutes(1));
      Connection connection = connections.open();
      begin(connection);
      connection.close();
      assertThat(connections.open().channel().isShutdown()).as("others go on").isFalse();
      assertThat(connection.channel().isTerminated()).as("a call waits for an answer").isFalse();

      Thread.currentThread().interrupt();
      connections.close();

      assertThat(Thread.interrupted()).as("who has no time does not wait").isTrue();
      assertThat(connection.channel().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void eachHasAThreadThatEndsWithIt() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 3, InetAddress.getLoopbackAddress())) {
      Set<Thread> before = Thread.getAllStackTraces().keySet();
      Connections connections =
          new Connections("127.0.0.1:" + mute.getLocalPort(), Duration.ofMinutes(1));
      Connection first = connections.open();
      begin(first);
      Thread ofFirst = onlyWireThread(before);
      first.close();
      first.channel().shutdownNow();
      ofFirst.join(10_000);
      assertThat(ofFirst.isAlive()).as("the thread of one that is over").isFalse();
      begin(connections.open());
      Thread ofSecond = onlyWireThread(before);
      Thread.currentThread().interrupt();
      connections.close();
      assertThat(Thread.interrupted()).isTrue();
      ofSecond.join(10_000);
      assertThat(ofSecond.isAlive()).as("the thread after the client was closed").isFalse();
    }
  }

  private static Thread onlyWireThread(Set<Thread> before) {
    List<Thread> threads = new ArrayList<>();
    Await.until(
        "one thread for one connection",
        () -> {
          threads.clear();
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("thermocline-wire"))
              .filter(thread -> !before.contains(thread))
              .forEach(threads::add);
          return threads.size() == 1;
        });
    return threads.get(0);
  }

  private static void begin(Connection connection) throws IOException {
    ClientCall<FetchRequest, FetchResponse> call =
        connection.channel().newCall(StreamServiceGrpc.getFetchMethod(), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
  }
}
