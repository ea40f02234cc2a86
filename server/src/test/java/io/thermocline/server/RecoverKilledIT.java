package io.thermocline.server;

import static io.thermocline.server.Lake.connect;
import static io.thermocline.server.Lake.onlyPartition;
import static io.thermocline.server.Lake.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thermocline.client.Start;
import io.thermocline.client.ThermoclineClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real {@code recover} is killed by the system at the n-th of its calls that make something
 * durable, and run again. {@code -Drecover.kills=all} tries every n until one run comes through.
 */
class RecoverKilledIT {
  private static final String CALLS = "fsync,fdatasync,rename,renameat,renameat2,link,linkat";
  private static final int MOST = 200;

  @TempDir Path folder;

  @Test
  void aKilledRecoveryIsGoneOnWith() throws Exception {
    String whyNot = Strace.whyNot();
    assumeTrue(whyNot.isEmpty(), whyNot);
    Lake lake = Lake.inFolder(folder).withHistory();
    int[] some =
        System.getProperty("recover.kills", "").equals("all")
            ? IntStream.rangeClosed(1, MOST).toArray()
            : new int[] {1, 4, 9, 16};
    long before = 0;
    int epochs = 1;
    boolean through = false;
    for (int i = 0; i < some.length && !through; i++) {
      String data = "killed-" + some[i];
      through = recoverKilledAt(lake, data, some[i]);
      long goesOnAt =
          through
              ? onlyPartition(lake.recovery("look").plan()).tieredTo()
              : onlyPartition(lake.recovery(data).run(false)).goesOnAt();

      assertThat(goesOnAt)
          .as("killed at %d", some[i])
          .isEqualTo(before + RecoveryPlan.LEFT_OUT + (before == 0 ? 100 : 0));
      before = goesOnAt;
      assertThat(lake.owners()).hasSize(++epochs);
      assertThat(lake.records()).hasSize(1);
      assertThat(lake.audit(data)).isEmpty();
      try (ThermoclineServer server = lake.open(data);
          ThermoclineClient client = connect(server)) {
        assertThat(read(client, Start.earliest())).hasSize(100);
      }
    }
  }

  /** Whether it came through: it makes fewer such calls in one thread. */
  private boolean recoverKilledAt(Lake lake, String data, int call)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("strace", "-f", "-o", "/dev/null", "-e", "trace=" + CALLS));
    command.addAll(List.of("-e", "inject=" + CALLS + ":signal=SIGKILL:when=" + call));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("recover", "--from", lake.warehouse()));
    command.addAll(List.of("--set", "data.dir=" + folder.resolve(data)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(data + ".out").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0;
  }
}
