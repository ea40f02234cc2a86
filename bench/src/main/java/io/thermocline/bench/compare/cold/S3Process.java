package io.thermocline.bench.compare.cold;

import io.thermocline.bench.TetheredProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The S3 server of the tests in a process of its own; its objects are files. */
final class S3Process implements AutoCloseable {
  private static final String BUCKET = "lake";
  private static final String HEAP = "-Xmx512m";

  private final TetheredProcess process;
  private final BufferedReader output;
  private final Path directory;

  /** What it says of itself, as in {@code access key}. */
  private final Map<String, String> said = new HashMap<>();

  private S3Process(TetheredProcess process, Path directory) {
    this.process = process;
    this.output =
        new BufferedReader(
            new InputStreamReader(process.process().getInputStream(), StandardCharsets.UTF_8));
    this.directory = directory;
  }

  /**
   * Starts it and waits until it listens.
   *
   * @param home the checkout, with the test kit built
   * @param directory for the objects and the keys
   * @param delay added to each request
   */
  static S3Process start(Path home, Path directory, Duration delay) throws IOException {
    Files.createDirectories(directory);
    Path built = home.resolve("testkit").resolve("target");
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            HEAP,
            "-cp",
            built.resolve("*") + ":" + built.resolve("lib").resolve("*"),
            "io.thermocline.testkit.S3ServerMain",
            "--dir",
            directory.resolve("objects").toString(),
            "--bucket",
            BUCKET,
            "--delay-ms",
            Long.toString(delay.toMillis()));
    S3Process server = new S3Process(TetheredProcess.start(command, Map.of()), directory);
    try {
      server.listen();
      return server;
    } catch (IOException e) {
      server.process.kill();
      throw e;
    }
  }

  private void listen() throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      int gap = line.indexOf("  ") > 0 ? line.indexOf("  ") : line.lastIndexOf(' ');
      said.put(line.substring(0, gap).strip(), line.substring(gap).strip());
      if (line.startsWith("buckets")) {
        return;
      }
    }
    throw new IOException("The S3 server ended before it listened; its own message is above");
  }

  /** What our server has to be told to keep its tables here. */
  Map<String, String> settings() throws IOException {
    return Map.of(
        "storage.warehouse",
        "s3://" + BUCKET + "/warehouse",
        "storage.s3.endpoint",
        said.get("endpoint"),
        "storage.s3.accessKey",
        secret("access key"),
        "storage.s3.secretKey",
        secret("secret key"));
  }

  private String secret(String name) throws IOException {
    Path file = directory.resolve(name.replace(' ', '-'));
    return "file:" + Files.writeString(file, said.get(name));
  }

  @Override
  public void close() throws IOException {
    try (output) {
      process.close();
    }
  }
}
