package io.thermocline.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/**
 * A command that has run.
 *
 * @param exitCode what it returned
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CommandRun(int exitCode, String out, String err) {

  /** Runs a command in this JVM. */
  static CommandRun of(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    PrintStream before = System.out;
    try (PrintStream captured = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      // In this order: a command line forgets its writers when it finds that System.out has
      // changed.
      System.setOut(captured);
      CommandLine commandLine = ThermoclineCommand.commandLine();
      commandLine.setOut(new PrintWriter(captured, true, StandardCharsets.UTF_8));
      commandLine.setErr(new PrintWriter(err, true));
      int exitCode = commandLine.execute(arguments);
      return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(before);
    }
  }

  /** The lines it wrote to standard output. */
  List<String> lines() {
    return out.lines().toList();
  }
}
