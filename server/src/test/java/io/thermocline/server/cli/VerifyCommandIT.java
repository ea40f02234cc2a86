package io.thermocline.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.ProducerOptions;
import io.thermocline.client.producer.ProducerRecord;
import io.thermocline.server.ThermoclineServer;
import io.thermocline.server.config.Configuration;
import io.thermocline.testkit.FilesBelow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify} of a server that runs, and of what it leaves: whole first, then damaged. */
@Timeout(120)
class VerifyCommandIT {
  private static final int RECORDS = 500;

  @TempDir Path folder;

  @Test
  void findsDamageInARunningServerAndInWhatItLeaves() throws Exception {
    Path data = folder.resolve("data");
    try (ThermoclineServer server = open(data)) {
      String address = "127.0.0.1:" + server.port();
      fill(address);

      CommandRun whole = CommandRun.of("verify", "--server", address);
      assertThat(whole.exitCode()).as(whole.toString()).isEqualTo(ExitCode.OK);
      assertThat(whole.out())
          .contains(
              address + ": 1 topic, 1 partition,",
              RECORDS + " records,",
              "1 table, 2 data files, " + 2 * RECORDS + " records",
              "nothing is wrong");

      flip(dataFiles(data).get(0));
      Files.delete(dataFiles(data).get(1));

      CommandRun damaged = CommandRun.of("verify", "--server", address, "--topic", "orders");
      assertThat(damaged.exitCode()).isEqualTo(ExitCode.DATA_LOST);
      assertThat(damaged.out())
          .contains("DAMAGED orders-0 [0, 500): ")
          .contains("DAMAGED orders-0 [500, 1000): the file does not exist (")
          .contains("2 things are wrong");
      CommandRun json = CommandRun.of("verify", "--server", address, "--json");
      assertThat(json.exitCode()).isEqualTo(ExitCode.DATA_LOST);
      assertThat(json.out())
          .contains("\"damages\" : 2", "\"server\" : \"" + address, "\"from\" : 500");
    }
    CommandRun stopped = CommandRun.of("verify", data.toString());
    assertThat(stopped.exitCode()).isEqualTo(ExitCode.DATA_LOST);
    assertThat(stopped.out())
        .contains("DAMAGED orders-0 [0, 500): ")
        .contains("DAMAGED orders-0 [500, 1000): the file does not exist (")
        .contains("2 things are wrong");
  }

  @Test
  void aServerAndADirectoryDoNotGoTogether() {
    assertThat(CommandRun.of("verify", "--server", "localhost:1", "x").exitCode())
        .isEqualTo(ExitCode.USAGE);
    assertThat(CommandRun.of("verify", "--topic", "orders").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(CommandRun.of("verify", "--server", "localhost:1", "--hot-only").exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  /** Two files in the table alone, then a tail on local disk alone. */
  private static void fill(String address) throws InterruptedException {
    try (ThermoclineClient client = ThermoclineClient.connect(address, ClientOptions.defaults())) {
      var unused = client.admin().createTopic("orders", 1);
      for (int round = 0; round < 3; round++) {
        try (Producer producer = client.producer(ProducerOptions.defaults())) {
          for (int i = 0; i < RECORDS; i++) {
            var unusedSent =
                producer.send(ProducerRecord.of("orders", "key" + i, "value " + round));
          }
          producer.flush();
        }
        if (round < 2) {
          assertThat(client.admin().runTiering("orders", true).get(0).problem()).isEmpty();
        }
      }
    }
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 3] ^= 1;
    Path unused = Files.write(file, bytes);
  }

  private static List<Path> dataFiles(Path data) throws IOException {
    return FilesBelow.of(data.resolve("warehouse")).stream()
        .filter(file -> file.toString().endsWith(".parquet"))
        .toList();
  }

  private static ThermoclineServer open(Path data) {
    return ThermoclineServer.open(
        Configuration.load(
            Optional.empty(),
            Map.of(),
            List.of("data.dir=" + data, "grpc.port=0", "http.port=0", "storage.minFree=1MiB")),
        InstantSource.system());
  }
}
