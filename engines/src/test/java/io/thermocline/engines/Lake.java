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
  private final String catalog;

  private Lake(List<CommandLine.Background> running, String catalog) {
    this.running = running;
    this.catalog = catalog;
  }

  /** With its files on the local disk. */
  static Lake onDisk(Path folder) throws IOException, InterruptedException {
    CommandLine.thermocline("", "version");
    return fill(new ArrayList<>(), folder, List.of());
  }

  /** With its files behind an S3 server, in a process of its own. */
  static Lake onS3(Path folder) throws IOException, InterruptedException {
    CommandLine.thermocline("", "version");
    Path testkit = CommandLine.home().resolve("testkit/target");
    List<CommandLine.Background> running = new ArrayList<>();
    running.add(
        new CommandLine.Background(
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
            List.of("endpoint", "buckets")));
    return fill(
        running,
        folder,
        List.of(
            "storage.warehouse=s3://lake/warehouse",
            "storage.s3.endpoint=" + running.get(0).said("endpoint"),
            "storage.s3.accessKey=env:STORE_KEY",
            "storage.s3.secretKey=env:STORE_SECRET"));
  }

  private static Lake fill(List<CommandLine.Background> running, Path folder, List<String> settings)
      throws IOException, InterruptedException {
    List<String> serve = new ArrayList<>();
    serve.addAll(List.of(CommandLine.home().resolve("thermocline").toString(), "serve"));
    List<String> all = new ArrayList<>(settings);
    all.addAll(List.of("data.dir=" + folder.resolve("data"), "grpc.port=0", "http.port=0"));
    all.add("storage.minFree=64MiB");
    all.forEach(setting -> serve.addAll(List.of("--set", setting)));
    CommandLine.Background server =
        new CommandLine.Background(
            serve,
            Map.of("STORE_KEY", ACCESS_KEY, "STORE_SECRET", SECRET_KEY),
            folder.resolve("server.err"),
            List.of("gRPC", "HTTP"));
    running.add(server);
    String address = server.said("gRPC");
    CommandLine.thermocline(address, "topic", "create", "events", "--partitions", "1");
    for (int commit = 0; commit < COMMITS; commit++) {
      Path lines = Files.writeString(folder.resolve("lines-" + commit), lines(commit));
      CommandLine.thermocline(
          address, "produce", "events", lines.toString(), "--key", "/key", "--timestamp", "/time");
      CommandLine.thermocline(address, "tier", "run", "--trim-all");
    }
    return new Lake(running, URI.create(server.said("HTTP")).resolve("/iceberg").toString());
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
