package io.thermocline.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code thermocline version}. */
@Command(name = "version", description = "Show the version.")
final class VersionCommand implements Runnable {
  private static final String FROM_MAVEN =
      "/META-INF/maven/io.thermocline/thermocline-server/pom.properties";

  @Mixin private OutputOption output;
  @Spec private CommandSpec spec;

  /** What {@code --version} prints. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "thermocline " + version(), "java " + System.getProperty("java.version")
      };
    }
  }

  @Override
  public void run() {
    if (output.isJson()) {
      Map<String, String> document = new LinkedHashMap<>();
      document.put("version", version());
      document.put("java", System.getProperty("java.version"));
      spec.commandLine().getOut().println(Json.pretty(document));
    } else {
      spec.root().commandLine().printVersionHelp(spec.commandLine().getOut());
    }
  }

  private static String version() {
    try (InputStream file = VersionCommand.class.getResourceAsStream(FROM_MAVEN)) {
      if (file == null) {
        return "from unpackaged classes";
      }
      Properties properties = new Properties();
      properties.load(file);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
