package io.thermocline.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, with a heap of its own, on free ports. */
final class ServerProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("\\s*gRPC\\s+(\\S+)");
  private static final long STOP_SECONDS = 30;

  private final Process process;
  private final BufferedReader output;
  private final String address;

  private ServerProcess(Process process) throws IOException {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.address = readAddress();
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param home the checkout
   * @param heap as in {@code 512m}
   */
  static ServerProcess start(Path home, Path dataDirectory, String heap) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                home.resolve("thermocline").toString(),
                "serve",
                "--set",
                "data.dir=" + dataDirectory,
                "--set",
                "grpc.port=0",
                "--set",
                "http.port=0",
                "--set",
                "log.level=warn"));
    String inherited = builder.environment().getOrDefault("THERMOCLINE_JAVA_OPTS", "");
    builder.environment().put("THERMOCLINE_JAVA_OPTS", (inherited + " -Xmx" + heap).strip());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    try {
      return new ServerProcess(process);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private String readAddress() throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher listens = ADDRESS.matcher(line);
      if (listens.matches()) {
        return listens.group(1);
      }
    }
    throw new IOException("The server ended before it listened; its own message is above");
  }

  String address() {
    return address;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("The server did not stop within " + STOP_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      output.close();
    }
  }
}
