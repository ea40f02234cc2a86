package io.thermocline.engines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@code thermocline} command of this checkout, and other commands, as a person runs them. */
final class CommandLine {
  private static final long PATIENCE_SECONDS = 600;

  private CommandLine() {}

  /** The checkout's root. */
  static Path home() {
    return Path.of("").toAbsolutePath().getParent();
  }

  /**
   * Runs {@code thermocline} to its end, which must be a good one, and returns what it printed.
   *
   * @param server where a server listens; empty for commands that need none
   */
  static String thermocline(String server, String... arguments)
      throws IOException, InterruptedException {
    Ended ended = run(server, arguments);
    if (ended.exit() != 0) {
      throw new IllegalStateException(
          "thermocline " + List.of(arguments) + " failed:\n" + ended.output());
    }
    return ended.output();
  }

  /** How a command ended, and what it printed. */
  record Ended(int exit, String output) {}

  /** Runs {@code thermocline} to its end, whatever that is. */
  static Ended run(String server, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("thermocline").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = builder(command).redirectErrorStream(true);
    if (!server.isEmpty()) {
      builder.environment().put("THERMOCLINE_SERVER", server);
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("thermocline " + List.of(arguments) + " hangs:\n" + output);
    }
    return new Ended(process.exitValue(), output);
  }

  /** A process that goes on until it is closed, and the words it said where it listens. */
  static final class Background implements AutoCloseable {
    private final Process process;
    private final Map<String, String> said = new HashMap<>();

    /**
     * Starts {@code command} and reads lines of a name and a value until all names were said.
     *
     * @param errors takes its error stream
     */
    Background(
        List<String> command, Map<String, String> environment, Path errors, List<String> names)
        throws IOException {
      ProcessBuilder builder = builder(command).redirectError(errors.toFile());
      builder.environment().putAll(environment);
      process = builder.start();
      var output = process.inputReader();
      while (!said.keySet().containsAll(names)) {
        String line = output.readLine();
        if (line == null) {
          process.destroyForcibly();
          throw new IllegalStateException(command + " ended:\n" + Files.readString(errors));
        }
        for (String name : names) {
          if (line.strip().startsWith(name + " ")) {
            said.putIfAbsent(name, line.strip().substring(name.length()).strip());
          }
        }
      }
    }

    /** What it said behind that name. */
    String said(String name) {
      return said.get(name);
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

  private static ProcessBuilder builder(List<String> command) {
    return new ProcessBuilder(command).directory(home().toFile());
  }
}
