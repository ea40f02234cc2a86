package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A real server with a small heap, and very many connections that say nothing: they cost little,
 * nobody else notices them, and nothing of them is left.
 */
@Timeout(180)
class IdleConnectionsIT extends OnFaultySystem {
  private static final int MANY = 10_000;
  private static final int FEW = 1_000;

  /** Descriptors for everything else, of this process and of the server. */
  private static final int SPARE_FILES = 1_000;

  /** Three times what one was seen to take in the heap. */
  private static final int BYTES_EACH = 20 << 10;

  /**
   * What comes and goes in a heap of some 20 MiB beside them. Right after they closed 13 MiB more
   * are in use, however often so many came, and a while later they are not; half of what they took
   * is more than this.
   */
  private static final long SLACK_BYTES = 32 << 20;

  private static final Pattern LIMIT = Pattern.compile("Max open files +(\\d+)");
  private static final Pattern LIVE_BYTES = Pattern.compile("^Total +\\d+ +(\\d+)$");

  /** A heap as the benchmarks give it; what does not fit ends the server. */
  private static final Launch SMALL =
      new Launch(
          Launch.PLAIN.classPath(),
          List.of("-Xmx512m", "-XX:MaxDirectMemorySize=256m", "-XX:+ExitOnOutOfMemoryError"));

  @Test
  void tenThousandIdleConnectionsCostLittleAndLeaveNothingBehind() throws Exception {
    int count = Math.min(MANY, openFilesAllowed() - SPARE_FILES);
    assumeTrue(count >= FEW, "Too few open files are allowed here: see ulimit -n");
    if (count < MANY) {
      System.out.printf("Only %d idle connections: see ulimit -n%n", count);
    }
    List<String> settings = settings(folder.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(SMALL, settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      useIt(client);
      long liveBefore = liveBytes(server);
      int filesBefore = server.openFiles();
      try (IdleConnections idle = IdleConnections.open(address(server), count);
          ThermoclineClient another = connect(server)) {
        useIt(client);
        useIt(another);
        assertThat(liveBytes(server) - liveBefore)
            .as("bytes for %d connections", idle.count())
            .isLessThan((long) count * BYTES_EACH + SLACK_BYTES);
      }
      Await.until("their files are closed", () -> open(server) <= filesBefore + SPARE_FILES / 10);
      useIt(client);
      assertThat(liveBytes(server) - liveBefore).as("bytes left").isLessThan(SLACK_BYTES);
    }
  }

  private static int open(ServerProcess server) {
    try {
      return server.openFiles();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void useIt(ThermoclineClient client) throws Exception {
    try (Producer producer = client.producer(ProducerOptions.defaults())) {
      for (int i = 0; i < PARTITIONS; i++) {
        assertThat(send(producer)).isEmpty();
      }
    }
    checkAll(client);
  }

  private static InetSocketAddress address(ServerProcess server) {
    int colon = server.address().lastIndexOf(':');
    return new InetSocketAddress(
        server.address().substring(0, colon),
        Integer.parseInt(server.address().substring(colon + 1)));
  }

  /** A child has the same limit. */
  private static int openFilesAllowed() throws IOException {
    Path limits = Path.of("/proc/self/limits");
    assumeTrue(Files.exists(limits), "Linux only");
    Matcher limit = LIMIT.matcher(Files.readString(limits));
    return limit.find() ? Integer.parseInt(limit.group(1)) : Integer.MAX_VALUE;
  }

  /** Bytes of what is still in use in the server's heap, counted by its own JVM. */
  private static long liveBytes(ServerProcess server) throws IOException {
    Process histogram =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jmap").toString(),
                "-histo:live",
                Long.toString(server.pid()))
            .redirectErrorStream(true)
            .start();
    String text = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.lines()
        .map(LIVE_BYTES::matcher)
        .filter(Matcher::matches)
        .mapToLong(total -> Long.parseLong(total.group(1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(text));
  }
}
