package io.thermocline.cold.table;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.RESTUtil;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;

/**
 * Somebody's REST catalog, to be written to: Iceberg's own handlers over another catalog. It wants
 * a token, and loses replies as told.
 */
final class RestEndpoint implements AutoCloseable {
  /** Whoever doesn't bring it is refused. */
  static final String TOKEN = "t0ken";

  private static final ObjectMapper JSON = mapper();

  private final Catalog catalog;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final Deque<Fate> nextCommits = new ArrayDeque<>();
  private int commits;

  /** What becomes of the answer to a commit. */
  enum Reply {
    /** The connection is cut after the commit was made. */
    LOST(true, 0, false),
    /** The commit is made, and answered with 503: the client asks again. */
    UNAVAILABLE(true, 503, false),
    /** As that, and the client is told when to ask again. */
    UNAVAILABLE_FOR_NOW(true, 503, true),
    /** The commit is made, and answered with 429: the client asks again when it was told to. */
    THROTTLED(true, 429, true),
    /** The commit is made, and answered as if another one had been before it. */
    CONFLICT(true, 409, false),
    /** The commit is not made, and is answered with 503: the client asks again when told to. */
    REFUSED_FOR_NOW(false, 503, true),
    /** The commit is not made, and is answered with 429: the client asks again when told to. */
    REFUSED_BY_THROTTLE(false, 429, true),
    /** The commit is not made, and is answered with 500. */
    FAILED(false, 500, false);

    private final boolean made;
    private final int status;
    private final boolean retryAfter;

    Reply(boolean made, int status, boolean retryAfter) {
      this.made = made;
      this.status = status;
      this.retryAfter = retryAfter;
    }
  }

  /**
   * What becomes of a commit.
   *
   * @param meanwhile is done before the answer
   */
  private record Fate(Reply reply, Runnable meanwhile) {}

  private record Answer(int status, Object body, boolean retryAfter) {
    Answer(int status, Object body) {
      this(status, body, false);
    }
  }

  private RestEndpoint(Catalog catalog) throws IOException {
    this.catalog = catalog;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    var unused = server.createContext("/", this::handle);
    server.start();
  }

  static RestEndpoint over(Catalog catalog) {
    try {
      return new RestEndpoint(catalog);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The next commit that has no other fate yet is answered so. */
  void nextCommit(Reply reply) {
    nextCommit(reply, () -> {});
  }

  /** The same, and before the answer {@code meanwhile} is done. */
  synchronized void nextCommit(Reply reply, Runnable meanwhile) {
    nextCommits.add(new Fate(reply, meanwhile));
  }

  /** How many commits were asked for. */
  synchronized int commits() {
    return commits;
  }

  private synchronized Fate takeFate() {
    commits++;
    return nextCommits.poll();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Answer answer = answer(exchange, body);
      if (answer == null) {
        return;
      }
      if (answer.retryAfter()) {
        exchange.getResponseHeaders().set("Retry-After", "1");
      }
      byte[] json = answer.body() == null ? new byte[0] : JSON.writeValueAsBytes(answer.body());
      exchange.sendResponseHeaders(answer.status(), json.length == 0 ? -1 : json.length);
      exchange.getResponseBody().write(json);
    }
  }

  /** Null: none, the connection is cut. */
  private Answer answer(HttpExchange exchange, byte[] body) throws IOException {
    try {
      if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        throw new NotAuthorizedException("No token");
      }
      return route(exchange.getRequestMethod(), path(exchange.getRequestURI()), body);
    } catch (NoSuchTableException | NoSuchNamespaceException e) {
      return error(404, e);
    } catch (AlreadyExistsException | CommitFailedException e) {
      return error(409, e);
    } catch (NotAuthorizedException e) {
      return error(401, e);
    } catch (RuntimeException e) {
      return error(500, e);
    }
  }

  private Answer route(String method, List<String> path, byte[] body) throws IOException {
    SupportsNamespaces namespaces = (SupportsNamespaces) catalog;
    if (path.get(1).equals("config")) {
      return new Answer(200, ConfigResponse.builder().build());
    }
    if (path.size() == 2) {
      return method.equals("POST")
          ? new Answer(
              200,
              CatalogHandlers.createNamespace(
                  namespaces, JSON.readValue(body, CreateNamespaceRequest.class)))
          : new Answer(200, CatalogHandlers.listNamespaces(namespaces, Namespace.empty()));
    }
    Namespace namespace = Namespace.of(RESTUtil.decodePathSegment(path.get(2)));
    if (path.size() == 3) {
      return new Answer(200, CatalogHandlers.loadNamespace(namespaces, namespace));
    }
    if (path.size() == 4) {
      return method.equals("POST")
          ? new Answer(
              200,
              CatalogHandlers.createTable(
                  catalog, namespace, JSON.readValue(body, CreateTableRequest.class)))
          : new Answer(200, CatalogHandlers.listTables(catalog, namespace));
    }
    return table(
        method, TableIdentifier.of(namespace, RESTUtil.decodePathSegment(path.get(4))), body);
  }

  private Answer table(String method, TableIdentifier table, byte[] body) throws IOException {
    return switch (method) {
      case "GET" -> new Answer(200, CatalogHandlers.loadTable(catalog, table, SnapshotMode.ALL));
      case "HEAD" -> {
        CatalogHandlers.tableExists(catalog, table);
        yield new Answer(204, null);
      }
      case "DELETE" -> {
        CatalogHandlers.dropTable(catalog, table);
        yield new Answer(204, null);
      }
      case "POST" -> commit(table, JSON.readValue(body, UpdateTableRequest.class));
      default -> throw new UnsupportedOperationException(method);
    };
  }

  private Answer commit(TableIdentifier table, UpdateTableRequest request) {
    Fate fate = takeFate();
    if (fate == null) {
      return new Answer(200, CatalogHandlers.updateTable(catalog, table, request));
    }
    Reply reply = fate.reply();
    if (reply.made) {
      var unused = CatalogHandlers.updateTable(catalog, table, request);
    }
    fate.meanwhile().run();
    if (reply == Reply.LOST) {
      return null;
    }
    Answer told = error(reply.status, new IllegalStateException("Not today"));
    return new Answer(told.status(), told.body(), reply.retryAfter);
  }

  private static Answer error(int status, Exception failure) {
    return new Answer(
        status,
        ErrorResponse.builder()
            .responseCode(status)
            .withType(failure.getClass().getSimpleName())
            .withMessage(String.valueOf(failure.getMessage()))
            .build());
  }

  private static List<String> path(URI uri) {
    List<String> path = new ArrayList<>();
    String rest = uri.getRawPath().substring(1);
    for (int slash = rest.indexOf('/'); slash >= 0; slash = rest.indexOf('/')) {
      path.add(rest.substring(0, slash));
      rest = rest.substring(slash + 1);
    }
    path.add(rest);
    return path;
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
    mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    mapper.setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
    RESTSerializers.registerAll(mapper);
    return mapper;
  }

  /** The properties a client needs. */
  Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put("uri", address().toString());
    properties.put("token", TOKEN);
    return properties;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
