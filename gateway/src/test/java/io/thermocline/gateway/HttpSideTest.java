package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class HttpSideTest {

  @Test
  void aPageThatFailsIsAnsweredAndTheOthersGoOn() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (HttpSide side =
        new HttpSide(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            pool,
            () -> {
              throw new IllegalStateException("injected");
            },
            (method, path, query) -> {
              throw new IllegalStateException("injected");
            },
            Optional::empty)) {
      assertThat(status(side, "/metrics")).isEqualTo(500);
      assertThat(status(side, "/iceberg/v1/config")).isEqualTo(500);
      assertThat(status(side, "/readyz")).isEqualTo(200);
    } finally {
      pool.shutdownNow();
    }
  }

  private static int status(HttpSide side, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + side.port() + path)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
