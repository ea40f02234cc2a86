package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.client.ClientOptions;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.consumer.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does after a machine is lost, each step in a process of its own. */
class RecoverProcessIT {
  @TempDir Path folder;

  @Test
  void aKilledServerComesBackOnAnotherMachine() throws Exception {
    Path log = Files.createFile(folder.resolve("server.log"));
    String lake = "file:" + folder.resolve("lake");
    try (ServerProcess server = ServerProcess.start(settings("lost", lake), log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", 1);
      Lake.produce(client, "events", 0, 100);
      Lake.tier(client);
      Lake.produce(client, "events", 100, 120);
      server.kill();
      server.awaitEnd();
    }
    String target = "data.dir=" + folder.resolve("found");

    String dry = run(0, "recover", "--from", lake, "--set", target, "--dry-run");
    assertThat(dry).contains("from 100 on", "1099511627876", "Nothing was changed");
    assertThat(folder.resolve("found")).doesNotExist();
    assertThat(run(0, "recover", "--from", lake, "--set", target))
        .contains("events", "1099511627876", "Recovered into");
    assertThat(run(1, "recover", "--from", lake, "--set", target)).contains("not empty");
    assertThat(run(0, "verify", "--set", target, "--set", "storage.warehouse=" + lake))
        .contains("nothing is wrong");

    try (ServerProcess server = ServerProcess.start(settings("found", lake), log);
        ThermoclineClient client = connect(server)) {
      assertThat(Lake.read(client, Start.earliest())).hasSize(100);
      Lake.produce(client, "events", 200, 210);
      assertThat(Lake.read(client, Start.earliest())).hasSize(110);
      server.stop();
    }
    assertThat(
            run(
                0,
                "recover",
                "--from",
                lake,
                "--dry-run",
                "--json",
                "--set",
                "data.dir=" + folder.resolve("x")))
        .contains("\"tieredTo\" : 1099511627876");
  }

  private List<String> settings(String data, String lake) {
    return List.of(
        "data.dir=" + folder.resolve(data),
        "storage.warehouse=" + lake,
        "grpc.port=0",
        "http.port=0",
        "storage.minFree=1MiB");
  }

  private static ThermoclineClient connect(ServerProcess server) {
    return ThermoclineClient.connect(server.address(), ClientOptions.defaults());
  }

  private String run(int exitCode, String... arguments) throws IOException, InterruptedException {
    return CommandProcess.run(folder, List.of(arguments)).ending(exitCode);
  }
}
