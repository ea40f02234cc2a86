package io.thermocline.server;

import static io.thermocline.server.Lake.connect;
import static io.thermocline.server.Lake.onlyPartition;
import static io.thermocline.server.Lake.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.consumer.Start;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

  /** As shells and strace tell a process that was killed. */
  private static final int KILLED = 128 + 9;

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
      assertThat(through && i == 0).as("came through its first call").isFalse();
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
    CommandProcess recover =
        CommandProcess.run(
            folder,
            List.of(
                "strace",
                "-f",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + CALLS,
                "-e",
                "inject=" + CALLS + ":signal=SIGKILL:when=" + call),
            List.of(
                "recover",
                "--from",
                lake.warehouse(),
                "--set",
                "data.dir=" + folder.resolve(data)));
    assertThat(recover.exitCode()).as(recover.text()).isIn(0, KILLED);
    return recover.exitCode() == 0;
  }
}
