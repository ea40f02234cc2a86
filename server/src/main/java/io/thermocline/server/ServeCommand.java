package io.thermocline.server;

import ch.qos.logback.classic.LoggerContext;
import io.thermocline.server.config.ConfigKeys;
import io.thermocline.server.config.Configuration;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code thermocline serve}. */
@Command(
    name = "serve",
    description = "Run the server until it is told to stop.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  thermocline serve",
      "  thermocline serve --config thermocline.yaml",
      "  thermocline serve --set data.dir=/var/lib/thermocline --set grpc.port=0",
    })
public final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Mixin private ConfigurationOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Configuration configuration = options.load();
    Logging.configure(configuration);
    ThermoclineServer server = ThermoclineServer.open(configuration, InstantSource.system());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "shutdown"));
    PrintWriter out = spec.commandLine().getOut();
    String host = configuration.get(ConfigKeys.HOST);
    out.printf("Thermocline listens on%n");
    out.printf("  gRPC  %s:%d%n", host, server.port());
    out.printf("  HTTP  http://%s:%d/metrics%n", host, server.httpPort());
    out.printf("  data  %s%n", server.dataDirectory());
    out.flush();
    new CountDownLatch(1).await();
    return 0;
  }

  /**
   * Ends the process with 0 after a clean stop. By itself a JVM that was told to stop by a signal
   * ends with 128 and the signal's number, which a supervisor takes for a crash.
   */
  private static void stop(ThermoclineServer server) {
    int exitCode = 1;
    try {
      server.close();
      exitCode = 0;
    } catch (RuntimeException e) {
      LOG.error("stopped with a failure", e);
    } finally {
      ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
