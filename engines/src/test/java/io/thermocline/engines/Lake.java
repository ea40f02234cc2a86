package io.thermocline.engines;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A running server with topic {@code events}, all of whose records are in its table and nowhere
 * else: {@value #COMMITS} commits of a file each, of {@value #RECORDS} records each. Record {@code
 * n} has offset {@code n}, timestamp {@code START} plus {@code n} seconds, key {@code k<n>} and its
 * line of JSON as value.
 */
final class Lake implements AutoCloseable {
  static final int COMMITS = 4;
  static final int RECORDS = 250;
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** The keys of the S3 server in {@code testkit}. */
  static final String ACCESS_KEY = "thermocline";

  static final String SECRET_KEY = "thermocline-secret";

  private final List<CommandLine.Background> running;
  private final String store;
  private final String catalog;
  private final String server;

  private Lake(List<CommandLine.Background> running, String store, String catalog, String server) {
    this.server = server;
    this.running = running;
    this.store = store;
    this.catalog = catalog;
  }

  /** With its files on the local disk. */
  static Lake onDisk(Path folder) throws IOException, InterruptedException {
    return open(folder, false, List.of());
  }

  /** With its files behind an S3 server, in a process of its own. */
  static Lake onS3(Path folder) throws IOException, InterruptedException {
    return open(folder, true, List.of());
  }

  /** With its files on the local disk and its tables in a catalog that engines write to as well. */
  static Lake inSharedCatalog(Path folder) throws IOException, InterruptedException {
    return open(folder, false, sharedCatalog(folder));
  }

  /** The same again, with what is there. */
  static Lake again(Path folder) throws IOException {
    CommandLine.Background server = startServer(folder, sharedCatalog(folder));
    return new Lake(List.of(server), "", "", server.said("gRPC"));
  }

  private static List<String> sharedCatalog(Path folder) {
    return List.of("catalog.type=jdbc", "catalog.properties=uri=" + sharedCatalogUri(folder));
  }

  /** Where engines find the shared catalog. */
  static String sharedCatalogUri(Path folder) {
    return "jdbc:sqlite:" + folder.resolve("shared-catalog.db");
  }

  private static Lake open(Path folder, boolean s3, List<String> more)
      throws IOException, InterruptedException {
    // Builds what has to be built.
    CommandLine.thermocline("", "version");
    List<CommandLine.Background> running = new ArrayList<>();
    try {
      String store = "";
      List<String> settings = new ArrayList<>(more);
      if (s3) {
        running.add(startStore(folder));
        store = running.get(0).said("endpoint");
        settings.add("storage.warehouse=s3://lake/warehouse");
        settings.add("storage.s3.endpoint=" + store);
        settings.add("storage.s3.accessKey=env:STORE_KEY");
        settings.add("storage.s3.secretKey=env:STORE_SECRET");
      }
      CommandLine.Background server = startServer(folder, settings);
      running.add(server);
      fill(server.said("gRPC"), folder);
      URI catalog = URI.create(server.said("HTTP")).resolve("/iceberg");
      return new Lake(running, store, catalog.toString(), server.said("gRPC"));
    } catch (IOException | InterruptedException | RuntimeException e) {
      running.forEach(CommandLine.Background::close);
      throw e;
    }
  }

  private static CommandLine.Background startStore(Path folder) throws IOException {
    Path testkit = CommandLine.home().resolve("testkit/target");
    return new CommandLine.Background(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            testkit.resolve("thermocline-testkit-0.1.0.jar") + ":" + testkit.resolve("lib/*"),
            "io.thermocline.testkit.S3ServerMain",
            "--dir",
            folder.resolve("s3").toString(),
            "--bucket",
            "lake"),
        Map.of(),
        folder.resolve("s3.err"),
        List.of("endpoint", "buckets"));
  }

  private static CommandLine.Background startServer(Path folder, List<String> settings)
      throws IOException {
    List<String> serve = new ArrayList<>();
    serve.addAll(List.of(CommandLine.home().resolve("thermocline").toString(), "serve"));
    List<String> all = new ArrayList<>(settings);
    all.addAll(List.of("data.dir=" + folder.resolve("data"), "grpc.port=0", "http.port=0"));
    all.add("storage.minFree=64MiB");
    all.forEach(setting -> serve.addAll(List.of("--set", setting)));
    return new CommandLine.Background(
        serve,
        Map.of("STORE_KEY", ACCESS_KEY, "STORE_SECRET", SECRET_KEY),
        folder.resolve("server.err"),
        List.of("gRPC", "HTTP"));
  }

  private static void fill(String server, Path folder) throws IOException, InterruptedException {
    CommandLine.thermocline(server, "topic", "create", "events", "--partitions", "1");
    for (int commit = 0; commit < COMMITS; commit++) {
      produce(server, folder, commit);
    }
  }

  /** Produces and tiers the records of one more commit, numbered from 0 on. */
  static void produce(String server, Path folder, int commit)
      throws IOException, InterruptedException {
    Path lines = Files.writeString(folder.resolve("lines-" + commit), lines(commit));
    CommandLine.thermocline(
        server, "produce", "events", lines.toString(), "--key", "/key", "--timestamp", "/time");
    CommandLine.thermocline(server, "tier", "run", "--trim-all");
  }

  private static String lines(int commit) {
    return IntStream.range(commit * RECORDS, (commit + 1) * RECORDS)
        .mapToObj(Lake::value)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** The value of the record at that offset. */
  static String value(long offset) {
    return "{\"key\":\"k%d\",\"time\":%d}".formatted(offset, at(offset).toEpochMilli());
  }

  /** The timestamp of the record at that offset. */
  static Instant at(long offset) {
    return START.plus(Duration.ofSeconds(offset));
  }

  /** The object store's address; empty on the local disk. */
  String store() {
    return store;
  }

  /** Where clients find the server. */
  String server() {
    return server;
  }

  /** Where engines find the catalog. */
  String catalog() {
    return catalog;
  }

  @Override
  public void close() {
    for (int i = running.size() - 1; i >= 0; i--) {
      running.get(i).close();
    }
  }
}
