package io.thermocline.server.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Whether a command prints for a person or for a program. */
final class OutputOption {
  @Option(names = "--json", description = "Print JSON, for programs: one document.")
  private boolean json;

  boolean isJson() {
    return json;
  }

  /** Prints {@code document} as JSON, or lets the table be printed. */
  void print(PrintWriter out, Object document, Table table) {
    if (json) {
      out.println(Json.pretty(document));
    } else {
      table.print(out);
    }
  }
}
