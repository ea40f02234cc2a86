package io.thermocline.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** System calls of a running process made to fail or to take their time, from outside it. */
final class Strace {
  private static final int PATIENCE_SECONDS = 20;

  /** How it marks what it had a hand in. */
  private static final Pattern INJECTED = Pattern.compile("\\((?:INJECTED|DELAYED)\\)");

  private final Process process;
  private final Path trace;

  private Strace(Process process, Path trace) {
    this.process = process;
    this.trace = trace;
  }

  /** Why it can't be used here; empty when it can. */
  static String whyNot() throws InterruptedException {
    try {
      Process probe =
          new ProcessBuilder("strace", "-f", "-o", "/dev/null", "true")
              .redirectErrorStream(true)
              .start();
      String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return probe.waitFor() == 0 ? "" : "strace does not work here: " + said.strip();
    } catch (IOException absent) {
      return "strace is not installed";
    }
  }

  /** What is done while calls fail. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * Does something while it is attached to all threads of a process.
   *
   * @param injection as strace's {@code -e inject=} takes it
   * @return how many calls it failed or held up
   */
  static long during(long pid, String injection, Work work) throws Exception {
    Path trace = Files.createTempFile("strace", ".txt");
    try {
      Strace strace = attach(pid, injection, trace);
      try {
        work.run();
      } finally {
        strace.detach();
      }
      return strace.injected();
    } finally {
      Files.delete(trace);
    }
  }

  private long injected() throws IOException {
    try (Stream<String> lines = Files.lines(trace, StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> INJECTED.matcher(line).find()).count();
    }
  }

  private static Strace attach(long pid, String injection, Path trace) throws IOException {
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-o", trace.toString()));
    String calls = injection.substring(0, injection.indexOf(':'));
    command.addAll(List.of("-e", "trace=" + calls, "-e", "inject=" + injection));
    command.addAll(List.of("-p", Long.toString(pid)));
    Process process = new ProcessBuilder(command).start();
    BufferedReader said = process.errorReader();
    String line = said.readLine();
    if (line == null || !line.contains("attached")) {
      process.destroyForcibly();
      throw new IOException("strace did not attach: " + line);
    }
    return new Strace(process, trace);
  }

  private void detach() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("strace did not detach");
    }
  }
}
