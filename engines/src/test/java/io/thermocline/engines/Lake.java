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

  private Lake(List<CommandLine.Background> running, String store, String catalog) {
    this.running = running;
    this.store = store;
    this.catalog = catalog;
  }

  /** With its files on the local disk. */
  static Lake onDisk(Path folder) throws IOException, InterruptedException {
    return open(folder, false);
  }

  /** With its files behind an S3 server, in a process of its own. */
  static Lake onS3(Path folder) throws IOException, InterruptedException {
    return open(folder, true);
  }

  private static Lake open(Path folder, boolean s3) throws IOException, InterruptedException {
    // Builds what has to be built.
    CommandLine.thermocline("", "version");
    List<CommandLine.Background> running = new ArrayList<>();
    try {
      String store = "";
      List<String> settings = new ArrayList<>();
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
      return new Lake(running, store, catalog.toString());
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
      Path lines = Files.writeString(folder.resolve("lines-" + commit), lines(commit));
      CommandLine.thermocline(
          server, "produce", "events", lines.toString(), "--key", "/key", "--timestamp", "/time");
      CommandLine.thermocline(server, "tier", "run", "--trim-all");
    }
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
