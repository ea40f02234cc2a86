package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.S3Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Files;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables as Iceberg's own REST client finds them, with nothing but the server's address. */
class RestCatalogIT {
  @TempDir Path folder;

  /** Files of the local disk, for clients in this test. */
  public static final class LocalFiles implements FileIO {
    @Override
    public InputFile newInputFile(String path) {
      return Files.localInput(Path.of(URI.create(path)).toFile());
    }

    @Override
    public OutputFile newOutputFile(String path) {
      throw new UnsupportedOperationException("Only for reading");
    }

    @Override
    public void deleteFile(String path) {
      throw new UnsupportedOperationException("Only for reading");
    }
  }

  @Test
  void anEngineFindsTheTablesAndPrunesFiles() throws Exception {
    try (ThermoclineServer server = open(List.of());
        RESTCatalog catalog = connect(server)) {
      tierTwice(server);
      assertThat(catalog.listNamespaces()).containsExactly(Namespace.of("thermocline"));
      TableIdentifier events = TableIdentifier.of("thermocline", "events");
      assertThat(catalog.listTables(Namespace.of("thermocline"))).containsExactly(events);
      assertThat(catalog.tableExists(events)).isTrue();
      Table table = catalog.loadTable(events);
      assertThat(rows(table, 0)).containsExactly(100L, 100L);
      assertThat(rows(table, 100)).as("files with offsets from 100 on").containsExactly(100L);
      assertThat(table.snapshots()).hasSizeGreaterThanOrEqualTo(2);
      assertThatThrownBy(() -> catalog.loadTable(TableIdentifier.of("thermocline", "nothing")))
          .isInstanceOf(NoSuchTableException.class);
    }
  }

  @Test
  void whateverWritesIsRefusedAndChangesNothing() throws Exception {
    try (ThermoclineServer server = open(List.of());
        RESTCatalog catalog = connect(server)) {
      tierTwice(server);
      TableIdentifier events = TableIdentifier.of("thermocline", "events");
      for (String[] call :
          new String[][] {
            {"POST", "/v1/namespaces"},
            {"DELETE", "/v1/namespaces/thermocline"},
            {"POST", "/v1/namespaces/thermocline/properties"},
            {"POST", "/v1/namespaces/thermocline/tables"},
            {"POST", "/v1/namespaces/thermocline/register"},
            {"POST", "/v1/namespaces/thermocline/tables/events"},
            {"DELETE", "/v1/namespaces/thermocline/tables/events"},
            {"POST", "/v1/tables/rename"},
            {"POST", "/v1/transactions/commit"},
            {"POST", "/v1/namespaces/thermocline/tables/events/plan"},
            {"PUT", "/v1/anything"},
          }) {
        HttpResponse<String> answer = call(server, call[0], call[1]);
        assertThat(answer.statusCode()).as("%s %s", (Object[]) call).isEqualTo(403);
        assertThat(answer.body()).contains("ForbiddenException");
      }
      assertThat(call(server, "POST", "/v1/namespaces/thermocline/tables/events/metrics"))
          .extracting(HttpResponse::statusCode)
          .isEqualTo(204);
      assertThatThrownBy(
              () ->
                  catalog
                      .buildTable(
                          TableIdentifier.of("thermocline", "mine"),
                          new Schema(Types.NestedField.required(1, "a", Types.IntegerType.get())))
                      .create())
          .isInstanceOfAny(ForbiddenException.class, UnsupportedOperationException.class);
      assertThat(catalog.loadTable(events).currentSnapshot()).isNotNull();
      assertThat(catalog.listTables(Namespace.of("thermocline"))).containsExactly(events);
    }
  }

  @Test
  void theStoresAddressIsToldAndItsKeysAreNot() throws Exception {
    try (S3Server s3 = S3Server.start();
        ThermoclineServer server =
            open(
                List.of(
                    "storage.warehouse=s3://" + s3.newBucket() + "/lake",
                    "storage.s3.endpoint=" + s3.endpoint(),
                    "storage.s3.accessKey=env:KEY",
                    "storage.s3.secretKey=env:SECRET"))) {
      tierTwice(server);
      String told =
          call(server, "GET", "/v1/config").body()
              + call(server, "GET", "/v1/namespaces/thermocline/tables/events").body()
              + call(server, "GET", "/v1/namespaces/thermocline/tables/events/credentials").body();
      assertThat(told)
          .contains(s3.endpoint().toString(), "s3.path-style-access")
          .doesNotContain(S3Server.SECRET_KEY, "access-key");
    }
  }

  @Test
  void theTablesMayBeInACatalogElsewhere() throws Exception {
    String database = "jdbc:sqlite:" + folder.resolve("elsewhere.db");
    List<String> elsewhere =
        List.of("catalog.type=jdbc", "catalog.properties=uri=env:CATALOG jdbc.journal_mode=WAL");
    try (ThermoclineServer server = open(elsewhere, Map.of("CATALOG", database))) {
      tierTwice(server);
    }
    try (ThermoclineServer server = open(elsewhere, Map.of("CATALOG", database));
        RESTCatalog catalog = connect(server);
        JdbcCatalog itself = new JdbcCatalog(ignored -> new LocalFiles(), null, false)) {
      assertThat(folder.resolve("data/cold/catalog.db")).doesNotExist();
      TableIdentifier events = TableIdentifier.of("thermocline", "events");
      itself.initialize(
          "thermocline",
          new HashMap<>(
              Map.of(
                  "uri",
                  database,
                  "warehouse",
                  folder.toUri().toString(),
                  "jdbc.schema-version",
                  "V1")));
      assertThat(rows(itself.loadTable(events), 0)).containsExactly(100L, 100L);
      assertThat(rows(catalog.loadTable(events), 100)).containsExactly(100L);
    }
  }

  @Test
  void aCatalogThatCannotBeMadeIsSaidAtStart() {
    assertThatThrownBy(() -> open(List.of("catalog.type=rest")).close())
        .hasMessageContaining("needs the property uri");
    assertThatThrownBy(() -> open(List.of("catalog.type=glue")).close())
        .hasMessageContaining("GlueCatalog");
    assertThatThrownBy(() -> open(List.of("catalog.properties=uri=x")).close())
        .hasMessageContaining("takes no properties");
  }

  @Test
  void whatIsNotThereOrMakesNoSenseIsSaid() throws Exception {
    try (ThermoclineServer server = open(List.of())) {
      tierTwice(server);
      assertThat(call(server, "GET", "/v1/nothing").statusCode()).isEqualTo(404);
      assertThat(call(server, "GET", "/v2/config").statusCode()).isEqualTo(404);
      assertThat(call(server, "GET", "/v1/namespaces/other").statusCode()).isEqualTo(404);
      assertThat(call(server, "HEAD", "/v1/namespaces/thermocline").statusCode()).isEqualTo(204);
      assertThat(
              call(server, "GET", "/v1/namespaces/thermocline/tables/events?snapshots=some")
                  .statusCode())
          .isEqualTo(400);
      assertThat(call(server, "GET", "/v1/namespaces/thermocline/tables?pageSize=x").statusCode())
          .isEqualTo(400);
      assertThat(call(server, "GET", "/v1/namespaces/thermocline/tables?pageSize=1").body())
          .contains("events");
    }
  }

  private ThermoclineServer open(List<String> more) {
    return open(more, Map.of("KEY", S3Server.ACCESS_KEY, "SECRET", S3Server.SECRET_KEY));
  }

  private ThermoclineServer open(List<String> more, Map<String, String> environment) {
    List<String> sets = new ArrayList<>(more);
    sets.add("data.dir=" + folder.resolve("data"));
    sets.addAll(List.of("grpc.port=0", "http.port=0", "storage.minFree=1MiB"));
    return ThermoclineServer.open(
        Configuration.load(Optional.empty(), environment, sets), InstantSource.system());
  }

  /** Two commits of a file each: offsets [0, 100) and [100, 200). */
  private static void tierTwice(ThermoclineServer server) throws Exception {
    try (ThermoclineClient client =
        ThermoclineClient.connect("127.0.0.1:" + server.port(), ClientOptions.defaults())) {
      var unused = client.admin().createTopic("events", 1);
      for (int commit = 0; commit < 2; commit++) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        try (Producer producer = client.producer(ProducerOptions.defaults())) {
          for (int i = 0; i < 100; i++) {
            answers.add(producer.send(ProducerRecord.of("events", "k", "v" + i)));
          }
          producer.flush();
        }
        answers.forEach(CompletableFuture::join);
        assertThat(client.admin().runTiering("events", true))
            .allMatch(move -> move.problem().isEmpty());
      }
    }
  }

  private static RESTCatalog connect(ThermoclineServer server) {
    RESTCatalog catalog = new RESTCatalog();
    Map<String, String> properties = new HashMap<>();
    properties.put("uri", address(server));
    properties.put("io-impl", LocalFiles.class.getName());
    catalog.initialize("thermocline", properties);
    return catalog;
  }

  private static String address(ThermoclineServer server) {
    return "http://127.0.0.1:" + server.httpPort() + "/iceberg";
  }

  private static HttpResponse<String> call(ThermoclineServer server, String method, String path)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher body =
        method.equals("POST")
            ? HttpRequest.BodyPublishers.ofString("{}")
            : HttpRequest.BodyPublishers.noBody();
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(address(server) + path)).method(method, body).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** Rows of each file a scan from that offset on would read. */
  private static List<Long> rows(Table table, long fromOffset) throws IOException {
    List<Long> rows = new ArrayList<>();
    try (CloseableIterable<FileScanTask> files =
        table
            .newScan()
            .filter(Expressions.greaterThanOrEqual("record_offset", fromOffset))
            .planFiles()) {
      files.forEach(file -> rows.add(file.file().recordCount()));
    }
    return rows;
  }
}
