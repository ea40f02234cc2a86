package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command that ran in a process of its own, as an operator runs it.
 *
 * @param text what it printed, errors included
 */
record CommandProcess(int exitCode, String text) {
  private static final int PATIENCE_SECONDS = 60;

  /**
   * Runs {@code thermocline} with these arguments to its end.
   *
   * @param folder takes its output, and what it leaves behind when it is killed
   */
  static CommandProcess run(Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    return run(folder, List.of(), arguments);
  }

  /**
   * The same below another command.
   *
   * @param wrapper runs what it is given as its last arguments
   */
  static CommandProcess run(Path folder, List<String> wrapper, List<String> arguments)
      throws IOException, InterruptedException {
    return run(folder, wrapper, Main.class, arguments);
  }

  /**
   * Another program of these tests in place of {@code thermocline}.
   *
   * @param main of that program
   */
  static CommandProcess run(
      Path folder, List<String> wrapper, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-Djava.io.tmpdir=" + Files.createTempDirectory(folder, "temp"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Path out = Files.createTempFile(folder, arguments.get(0), ".out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    String text = Files.readString(out);
    assertThat(ended).as(text).isTrue();
    return new CommandProcess(process.exitValue(), text);
  }

  /** What it printed; it must have ended with that code. */
  String ending(int code) {
    assertThat(exitCode).as(text).isEqualTo(code);
    return text;
  }
}
