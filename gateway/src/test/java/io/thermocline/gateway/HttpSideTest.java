package io.thermocline.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpSideTest {
  private final Pools pools = new Pools(GatewaySettings.defaults().pools());
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    pools.close();
  }

  @Test
  void aPageThatFailsIsAnsweredAndTheOthersGoOn() throws IOException {
    try (HttpSide side =
        side(
            () -> {
              throw new IllegalStateException("injected");
            },
            (method, path, query) -> {
              throw new IllegalStateException("injected");
            })) {
      assertThat(status(side, "/metrics")).isEqualTo(500);
      assertThat(status(side, "/iceberg/v1/config")).isEqualTo(500);
      assertThat(status(side, "/readyz")).isEqualTo(200);
    }
  }

  @Test
  void probesAreAnsweredWhileAllThatEnginesAskHangs() throws IOException {
    CompletableFuture<HttpPages.Answer> storeIsBack = new CompletableFuture<>();
    HttpPages hanging = (method, path, query) -> Await.result(storeIsBack);
    try (HttpSide side = side(() -> "# metrics\n", hanging)) {
      List<CompletableFuture<HttpResponse<Void>>> taken = new ArrayList<>();
      int room = pools.iceberg.getMaximumPoolSize() + pools.iceberg.getQueue().remainingCapacity();
      for (int i = 1; i <= room; i++) {
        taken.add(ask(side, "/iceberg/v1/namespaces"));
        int asked = i;
        Await.until("taken", () -> pools.iceberg.getTaskCount() == asked);
      }
      HttpResponse<Void> refused = Await.result(ask(side, "/iceberg/v1/namespaces"));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("5");
      for (String page : List.of("/healthz", "/readyz", "/metrics")) {
        assertThat(status(side, page)).as(page).isEqualTo(200);
      }
      storeIsBack.complete(new HttpPages.Answer(200, "application/json", "{}"));
      assertThat(taken).allMatch(answer -> Await.result(answer).statusCode() == 200);
    }
  }

  @Test
  void probesAreAnsweredWhileOthersAreSlowToSendTheirRequests() throws IOException {
    List<Socket> slow = new ArrayList<>();
    try (HttpSide side = side(() -> "# metrics\n", (method, path, query) -> null)) {
      for (int i = 1; i <= 8; i++) {
        Socket sender = new Socket(InetAddress.getLoopbackAddress(), side.port());
        slow.add(sender);
        sender.getOutputStream().write("GET /healthz HTTP/1.1\r\nHo".getBytes(US_ASCII));
        int sent = i;
        Await.until("taken in", () -> pools.http.getTaskCount() == sent);
      }
      for (String page : List.of("/healthz", "/readyz", "/metrics")) {
        assertThat(status(side, page)).as(page).isEqualTo(200);
      }
    } finally {
      for (Socket sender : slow) {
        sender.close();
      }
    }
  }

  private HttpSide side(Supplier<String> metricsText, HttpPages iceberg) throws IOException {
    return new HttpSide(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        pools,
        metricsText,
        iceberg,
        Optional::empty);
  }

  private int status(HttpSide side, String path) {
    return Await.result(ask(side, path)).statusCode();
  }

  private CompletableFuture<HttpResponse<Void>> ask(HttpSide side, String path) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + side.port() + path)).build(),
        HttpResponse.BodyHandlers.discarding());
  }
}
