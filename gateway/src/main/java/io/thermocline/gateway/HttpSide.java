package io.thermocline.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /metrics}, {@code /healthz}, {@code /readyz}, and {@code /iceberg} for engines. */
final class HttpSide implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpSide.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final int BACKLOG = 64;

  /** Of a request; what engines send is a few kilobytes, and not looked at. */
  private static final int MAX_BODY_BYTES = 1 << 20;

  /** Told to an engine when too many requests wait already. */
  private static final String RETRY_SECONDS = "5";

  private final HttpServer server;

  /**
   * Starts to listen.
   *
   * @param iceberg answers in a pool of its own, as it may wait for the cold tier: what probes and
   *     scrapers ask is answered all the same
   * @param problem why the server is not ready; empty when it is
   */
  HttpSide(
      InetSocketAddress address,
      Pools pools,
      Supplier<String> metricsText,
      HttpPages iceberg,
      Supplier<Optional<String>> problem)
      throws IOException {
    server = HttpServer.create(address, BACKLOG);
    server.setExecutor(pools.http);
    page("/metrics", exchange -> answer(exchange, 200, PROMETHEUS, metricsText.get()));
    page("/healthz", exchange -> answer(exchange, 200, TEXT, "ok\n"));
    page(
        "/readyz",
        exchange -> {
          Optional<String> found = problem.get();
          answer(
              exchange,
              found.isEmpty() ? 200 : 503,
              TEXT,
              found.map(text -> text + "\n").orElse("ready\n"));
        });
    server.createContext(
        "/iceberg/",
        exchange -> {
          try {
            pools.iceberg.execute(() -> answerBelow("/iceberg", iceberg, exchange));
          } catch (RejectedExecutionException full) {
            refuse(exchange);
          }
        });
    server.start();
  }

  private static void refuse(HttpExchange exchange) {
    try (exchange) {
      exchange.getResponseHeaders().set("Retry-After", RETRY_SECONDS);
      answer(exchange, 503, TEXT, "too many requests wait already\n");
    } catch (IOException gone) {
      LOG.debug("A peer of the HTTP side went away", gone);
    }
  }

  private static void answerBelow(String mount, HttpPages pages, HttpExchange exchange) {
    try (exchange) {
      if (exchange.getRequestBody().readNBytes(MAX_BODY_BYTES).length == MAX_BODY_BYTES) {
        answer(exchange, 413, TEXT, "more than " + MAX_BODY_BYTES + " bytes\n");
        return;
      }
      String path = exchange.getRequestURI().getRawPath().substring(mount.length());
      String query = Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "");
      answerOrSayThatItFailed(
          sent -> {
            HttpPages.Answer made = pages.answer(sent.getRequestMethod(), path, query);
            answer(sent, made.status(), made.contentType(), made.body());
          },
          path,
          exchange);
    } catch (IOException gone) {
      LOG.debug("A peer of the HTTP side went away", gone);
    }
  }

  private interface Page {
    void answer(HttpExchange exchange) throws IOException;
  }

  private void page(String path, Page page) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(path)) {
              answer(exchange, 404, TEXT, "not found\n");
            } else if (!exchange.getRequestMethod().equals("GET")
                && !exchange.getRequestMethod().equals("HEAD")) {
              exchange.getResponseHeaders().set("Allow", "GET, HEAD");
              answer(exchange, 405, TEXT, "only GET and HEAD\n");
            } else {
              answerOrSayThatItFailed(page, path, exchange);
            }
          } catch (IOException gone) {
            LOG.debug("A peer of the HTTP side went away", gone);
          }
        });
  }

  /** A page makes its text before it sends anything, so a failure can still be answered. */
  private static void answerOrSayThatItFailed(Page page, String path, HttpExchange exchange)
      throws IOException {
    try {
      page.answer(exchange);
    } catch (RuntimeException | Error failure) {
      LOG.error("Could not answer path={}", path, failure);
      answer(exchange, 500, TEXT, "failed; the server's log says why\n");
    }
  }

  private static void answer(HttpExchange exchange, int code, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean none = exchange.getRequestMethod().equals("HEAD") || bytes.length == 0;
    exchange.sendResponseHeaders(code, none ? -1 : bytes.length);
    if (!none) {
      exchange.getResponseBody().write(bytes);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
