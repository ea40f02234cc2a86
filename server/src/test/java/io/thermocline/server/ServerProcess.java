package io.thermocline.server;

import io.thermocline.model.ScratchDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own, to be killed. */
final class ServerProcess implements AutoCloseable {
  private static final String ADDRESS = "  gRPC  ";
  private static final String HTTP = "  HTTP  ";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LOG_CHARACTERS = 4_000;

  private final Process process;
  private final Path log;
  private final String address;
  private final String metrics;

  private ServerProcess(Process process, Path log) throws IOException {
    this.process = process;
    this.log = log;
    BufferedReader output = process.inputReader();
    Future<?> tooLate =
        CompletableFuture.runAsync(
            this::kill, CompletableFuture.delayedExecutor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    this.address = readAddress(output, ADDRESS);
    this.metrics = readAddress(output, HTTP);
    if (!tooLate.cancel(false)) {
      throw new AssertionError("The server took more than a minute to listen\n" + logEnd());
    }
  }

  /**
   * Starts a server and waits until it says where it listens.
   *
   * @param log takes what it writes to its error stream, behind what is there
   */
  static ServerProcess start(List<String> settings, Path log) throws IOException {
    return start(Launch.PLAIN, settings, log);
  }

  /** As {@link #start(List, Path)}, in another way. */
  static ServerProcess start(Launch launch, List<String> settings, Path log) throws IOException {
    Process process = process(launch, settings, log);
    try {
      return new ServerProcess(process, log);
    } catch (IOException | RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /**
   * Starts one, kills it so long after, whatever it is at, and waits until it is gone.
   *
   * @throws AssertionError when it ended by itself
   */
  static void startAndKill(Launch launch, List<String> settings, Path log, Duration after)
      throws IOException, InterruptedException {
    Process process = process(launch, settings, log);
    try {
      if (process.waitFor(after.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new AssertionError("The server ended by itself\n" + Files.readString(log));
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Process process(Launch launch, List<String> settings, Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Djava.io.tmpdir=" + emptyTemp(log));
    command.addAll(launch.options());
    command.addAll(List.of("-cp", launch.classPath()));
    command.addAll(List.of(Main.class.getName(), "serve"));
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Where it unpacks native libraries. What one that was killed left there goes. */
  private static Path emptyTemp(Path log) throws IOException {
    Path temp = log.resolveSibling(log.getFileName() + ".temp");
    if (Files.exists(temp)) {
      new ScratchDirectory(temp).close();
    }
    return Files.createDirectory(temp);
  }

  private String readAddress(BufferedReader output, String label) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(label)) {
        return line.substring(label.length());
      }
    }
    throw new AssertionError("The server ended before it listened\n" + logEnd());
  }

  /** Host and port of gRPC. */
  String address() {
    return address;
  }

  /** Its process, for the system's tools. */
  long pid() {
    return process.pid();
  }

  /** Whether {@code /readyz} says that it is ready. */
  boolean ready() throws IOException, InterruptedException {
    return ask("/readyz").statusCode() == 200;
  }

  /** What {@code /metrics} says. */
  Scrape scrape() throws IOException, InterruptedException {
    return Scrape.of(URI.create(metrics));
  }

  /** Sends SIGKILL, and does not wait. */
  void kill() {
    Process unused = process.destroyForcibly();
  }

  /** The value of a metric that has no labels. */
  double metric(String name) throws IOException, InterruptedException {
    return ask("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No metric " + name));
  }

  /** A server that does not answer shows its threads in the failure. */
  private HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(metrics).resolve(path)).timeout(PATIENCE).build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    } catch (HttpTimeoutException e) {
      throw new AssertionError(
          "No answer to %s within %s; its threads:%n%s".formatted(path, PATIENCE, threads()), e);
    }
  }

  private String threads() throws IOException {
    Process jstack =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jstack").toString(),
                Long.toString(pid()))
            .redirectErrorStream(true)
            .start();
    return new String(jstack.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** How many files, sockets among them, it has open. Linux only. */
  int openFiles() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
      return (int) open.count();
    }
  }

  /** Says how many it may have open from now on. Linux only, by prlimit. */
  void limitFiles(int files) throws Exception {
    Mounts.run("prlimit", "--pid", Long.toString(pid()), "--nofile=" + files + ":");
  }

  /** Waits for the end of a process that was killed. */
  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("A killed server is still there: " + process.pid());
    }
  }

  /** Sends SIGTERM and waits for an orderly end. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
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
