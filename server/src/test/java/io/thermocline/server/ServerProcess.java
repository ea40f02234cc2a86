package io.thermocline.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, to be killed. */
final class ServerProcess implements AutoCloseable {
  private static final String ADDRESS = "  gRPC  ";
  private static final int PATIENCE_SECONDS = 60;
  private static final int LOG_CHARACTERS = 4_000;

  private final Process process;
  private final Path log;
  private final String address;

  private ServerProcess(Process process, Path log) throws IOException {
    this.process = process;
    this.log = log;
    this.address = readAddress();
  }

  /**
   * Starts a server and waits until it says where it listens.
   *
   * @param log takes what it writes to its error stream, behind what is there
   */
  static ServerProcess start(List<String> settings, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), "serve"));
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      return new ServerProcess(process, log);
    } catch (IOException | RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private String readAddress() throws IOException {
    BufferedReader output = process.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(ADDRESS)) {
        return line.substring(ADDRESS.length());
      }
    }
    throw new AssertionError("The server ended before it listened\n" + logEnd());
  }

  /** Host and port of gRPC. */
  String address() {
    return address;
  }

  /** Sends SIGKILL, and does not wait. */
  void kill() {
    Process unused = process.destroyForcibly();
  }

  /** Waits for the end of a process that was killed. */
  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("A killed server is still there: " + process.pid());
    }
  }

  /** Sends SIGTERM and waits for an orderly end. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("The server does not stop\n" + logEnd());
    }
  }

  /** The last it had to say. */
  String logEnd() {
    try {
      String all = Files.readString(log);
      return all.substring(Math.max(0, all.length() - LOG_CHARACTERS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    kill();
  }
}
