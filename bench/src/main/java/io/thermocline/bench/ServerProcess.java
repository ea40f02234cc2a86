package io.thermocline.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, with a heap of its own, on free ports. */
public final class ServerProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("\\s*gRPC\\s+(\\S+)");
  private static final Pattern METRICS = Pattern.compile("\\s*HTTP\\s+(\\S+)");

  private final TetheredProcess process;
  private final BufferedReader output;
  private final String address;
  private final URI metrics;

  private ServerProcess(TetheredProcess process) throws IOException {
    this.process = process;
    this.output =
        new BufferedReader(
            new InputStreamReader(process.process().getInputStream(), StandardCharsets.UTF_8));
    this.address = readUntil(ADDRESS);
    this.metrics = URI.create(readUntil(METRICS));
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param home the checkout
   * @param heap as in {@code 512m}
   * @param settings configuration keys and their values, beside the defaults
   */
  public static ServerProcess start(
      Path home, Path dataDirectory, String heap, Map<String, String> settings) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("data.dir", dataDirectory.toString());
    all.put("grpc.port", "0");
    all.put("http.port", "0");
    all.put("log.level", "warn");
    all.putAll(settings);
    List<String> command = new ArrayList<>();
    command.add(home.resolve("thermocline").toString());
    command.add("serve");
    all.forEach(
        (key, value) -> {
          command.add("--set");
          command.add(key + "=" + value);
        });
    String inherited = System.getenv().getOrDefault("THERMOCLINE_JAVA_OPTS", "");
    TetheredProcess process =
        TetheredProcess.start(
            command, Map.of("THERMOCLINE_JAVA_OPTS", (inherited + " -Xmx" + heap).strip()));
    try {
      return new ServerProcess(process);
    } catch (IOException e) {
      process.kill();
      throw e;
    }
  }

  private String readUntil(Pattern pattern) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher listens = pattern.matcher(line);
      if (listens.matches()) {
        return listens.group(1);
      }
    }
    throw new IOException("The server ended before it listened; its own message is above");
  }

  /** Where it takes gRPC calls, as in {@code 127.0.0.1:7400}. */
  public String address() {
    return address;
  }

  /** Its counters now. */
  public ServerMetrics metrics() throws IOException {
    return ServerMetrics.scrape(metrics);
  }

  /** Processor time it took so far. */
  public Duration cpuTime() {
    return process.cpuTime();
  }

  /** Ends it as {@code kill -9} does, and waits until it is gone. */
  public void kill() throws IOException {
    try (output) {
      process.kill();
    }
  }

  @Override
  public void close() throws IOException {
    try (output) {
      process.close();
    }
  }
}
