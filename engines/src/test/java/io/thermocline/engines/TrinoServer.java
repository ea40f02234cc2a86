package io.thermocline.engines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Trino on one node, in a process of its own, with one catalog named {@code thermocline}. */
final class TrinoServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String NO_NODE = "No nodes available";
  private static final long PAUSE_MILLIS = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final Path log;
  private final URI address;

  private TrinoServer(Process process, Path log, URI address) {
    this.process = process;
    this.log = log;
    this.address = address;
  }

  /**
   * Unpacks its archive unless that was done.
   *
   * @param home the folder that the archive makes
   */
  static void unpack(Path archive, Path home) throws IOException, InterruptedException {
    if (Files.isDirectory(home)) {
      return;
    }
    Path beside = Files.createTempDirectory(home.getParent(), "trino-");
    Process tar =
        new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", beside.toString())
            .inheritIO()
            .start();
    if (tar.waitFor() != 0) {
      throw new IllegalStateException(archive + " can't be unpacked");
    }
    Path unused = Files.move(beside.resolve(home.getFileName()), home);
    Files.delete(beside);
  }

  /**
   * Starts it and waits until it answers.
   *
   * @param home where its archive was unpacked
   * @param java the virtual machine that it wants
   * @param folder for its configuration and data
   * @param catalog the catalog's properties, a line each
   */
  static TrinoServer start(Path home, Path java, Path folder, String catalog) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    // One plugin of fifty: the others would be loaded too.
    Path plugins = Files.createDirectories(home.resolve("only"));
    if (!Files.exists(plugins.resolve("iceberg"))) {
      Files.createSymbolicLink(plugins.resolve("iceberg"), home.resolve("plugin/iceberg"));
    }
    Path catalogs = Files.createDirectories(folder.resolve("catalog"));
    Files.writeString(catalogs.resolve("thermocline.properties"), catalog);
    Path config =
        Files.writeString(
            folder.resolve("config.properties"),
            """
            coordinator=true
            node-scheduler.include-coordinator=true
            http-server.http.port=%d
            discovery.uri=http://127.0.0.1:%d
            catalog.config-dir=%s
            plugin.dir=%s
            """
                .formatted(port, port, catalogs, plugins));
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            java.toString(), "-Xmx1g", "-XX:+UseSerialGC", "--add-modules=jdk.incubator.vector"));
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-Djdk.attach.allowAttachSelf=true", "-Dconfig=" + config));
    command.addAll(List.of("-Dnode.environment=engines", "-Dnode.id=one"));
    command.add("-Dnode.data-dir=" + folder.resolve("data"));
    command.addAll(List.of("-cp", home.resolve("lib") + "/*", "io.trino.server.TrinoServer"));
    Path log = folder.resolve("trino.log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    TrinoServer server =
        new TrinoServer(process, log, URI.create("http://127.0.0.1:" + port + "/"));
    try {
      server.awaitReady();
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private void awaitReady() throws IOException, InterruptedException {
    Instant limit = Instant.now().plus(PATIENCE);
    while (!Files.readString(log).contains("SERVER STARTED")) {
      if (!process.isAlive() || Instant.now().isAfter(limit)) {
        throw new IllegalStateException("Trino did not start:\n" + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  /**
   * All rows of a statement, each a JSON array. Trino says that it has started before it knows of a
   * node to work on, and then knows of it for one catalog after the other. What it refuses for want
   * of one it has not run, so that is asked again.
   */
  List<JsonNode> query(String sql) throws IOException, InterruptedException {
    Instant limit = Instant.now().plus(PATIENCE);
    while (true) {
      try {
        return ask(sql);
      } catch (IllegalStateException failure) {
        if (!failure.getMessage().contains(NO_NODE) || Instant.now().isAfter(limit)) {
          throw failure;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  private List<JsonNode> ask(String sql) throws IOException, InterruptedException {
    List<JsonNode> rows = new ArrayList<>();
    JsonNode page =
        send(
            HttpRequest.newBuilder(address.resolve("v1/statement"))
                .POST(HttpRequest.BodyPublishers.ofString(sql)));
    while (true) {
      if (page.has("error")) {
        throw new IllegalStateException(sql + ": " + page.get("error").get("message").asText());
      }
      page.path("data").forEach(rows::add);
      if (!page.has("nextUri")) {
        return rows;
      }
      page = send(HttpRequest.newBuilder(URI.create(page.get("nextUri").asText())).GET());
    }
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            request.header("X-Trino-User", "analyst").build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
