package io.thermocline.server.demo;

import io.thermocline.model.ScratchDirectory;
import io.thermocline.server.Logging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thermocline demo}. */
@Command(
    name = "demo",
    description = {
      "Show the whole of Thermocline on a sample stream, in a few seconds: produce, tier, replay over"
          + " both tiers, query.",
      "Starts a server of its own on free ports in a temporary directory."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  thermocline demo", "  thermocline demo --keep ./demo-data"})
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Work in this new or empty directory and leave everything in it.")
  private Path keep;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Logging.configure("text", "warn");
    if (keep != null) {
      run(kept());
    } else {
      try (ScratchDirectory scratch = ScratchDirectory.make("thermocline-demo-")) {
        run(scratch.path());
      }
    }
    return 0;
  }

  private void run(Path directory) throws Exception {
    new Demo(directory, keep != null, spec.commandLine().getOut()).run();
  }

  private Path kept() throws IOException {
    Files.createDirectories(keep);
    try (var entries = Files.list(keep)) {
      if (entries.findAny().isPresent()) {
        throw new ParameterException(
            spec.commandLine(), "--keep " + keep + " is not empty: name a new directory");
      }
    }
    return keep.toAbsolutePath().normalize();
  }
}
