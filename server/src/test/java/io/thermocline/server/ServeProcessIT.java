package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code thermocline serve} as a process of its own: how it ends, and what it refuses. */
@Timeout(60)
class ServeProcessIT {
  private static final Pattern GRPC = Pattern.compile("gRPC +(\\S+)");

  @TempDir Path folder;

  @Test
  void itDrainsAndEndsWithZeroAndOneProcessHoldsADataDirectory() throws Exception {
    Path data = folder.resolve("data");
    Running first = start(data);
    try (ThermoclineClient client =
        ThermoclineClient.connect(first.address(), ClientOptions.defaults())) {
      var topic = client.admin().createTopic("events", 1);
      assertThat(topic.partitionCount()).isEqualTo(1);
      try (Producer producer = client.producer(ProducerOptions.defaults())) {
        assertThat(producer.send(ProducerRecord.of("events", "k", "v")).join().offset()).isZero();

        String refusal = refused(data);
        assertThat(refusal).contains("in use", "process " + first.process().pid());

        assertThat(producer.send(ProducerRecord.of("events", "k", "w")).join().offset())
            .as("the first serves on")
            .isEqualTo(1);
        first.process().destroy();
        assertThat(first.process().waitFor(8, TimeUnit.SECONDS)).as("ends quickly").isTrue();
        assertThat(first.process().exitValue()).isZero();
      }
    } finally {
      first.process().destroyForcibly();
    }
  }

  @Test
  void aDataDirectoryOfANewerFormatIsRefusedAndLeftAsItIs() throws Exception {
    Path data = folder.resolve("data");
    Running made = start(data);
    made.process().destroy();
    assertThat(made.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
    Path metadata = data.resolve("hot").resolve("metadata");
    byte[] bytes = Files.readAllBytes(metadata);
    ByteBuffer newer = ByteBuffer.wrap(bytes);
    newer.putInt(4, newer.getInt(4) + 1);
    Files.write(metadata, bytes);

    assertThat(refused(data)).contains("format version", "newer Thermocline");
    assertThat(Files.readAllBytes(metadata)).isEqualTo(bytes);
  }

  @Test
  void aDataDirectoryThatCannotBeWrittenIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "not a directory");
    assertThat(refused(file.resolve("data"))).contains("Data directory", "may write");
    assertThat(file).hasContent("not a directory");
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearestOne() throws Exception {
    assertThat(refused(folder.resolve("data"), "--set", "data.dirr=/tmp"))
        .contains("data.dirr", "data.dir");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  /** A server that listens. */
  private record Running(Process process, String address) {}

  private Running start(Path data) throws IOException {
    Process process = command(data).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (var out = process.inputReader()) {
      String line = out.readLine();
      while (line != null) {
        Matcher found = GRPC.matcher(line);
        if (found.find()) {
          return new Running(process, found.group(1));
        }
        line = out.readLine();
      }
    }
    throw new AssertionError("The server did not start");
  }

  /** Starts a server that can't, and returns the one line it says. */
  private String refused(Path data, String... more) throws Exception {
    Process process = command(data, more).start();
    try (var err = process.errorReader()) {
      List<String> said = err.lines().toList();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as("%s", said).isEqualTo(1);
      assertThat(said).singleElement().asString().startsWith("thermocline: ");
      return said.get(0);
    } finally {
      process.destroyForcibly();
    }
  }

  private static ProcessBuilder command(Path data, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.thermocline.server.Main",
                "serve",
                "--set",
                "data.dir=" + data,
                "--set",
                "grpc.port=0",
                "--set",
                "http.port=0",
                "--set",
                "storage.minFree=1MiB"));
    command.addAll(List.of(more));
    return new ProcessBuilder(command);
  }
}
