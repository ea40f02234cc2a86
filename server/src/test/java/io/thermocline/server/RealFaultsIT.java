package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.TieringReport;
import io.thermocline.client.failure.ClientException;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.producer.Producer;
import io.thermocline.client.producer.RecordMetadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A real server on a system that fails it: a disk that returns errors, a file system that is full
 * or turns read-only, a process that stands still. Faults come from outside, by strace, mount and
 * signals.
 */
@Timeout(120)
class RealFaultsIT extends OnFaultySystem {
  private static final String WAITING = "thermocline_hot_waiting_bytes";

  private static final int SENT_AT_ONCE = 30;
  private static final int FORCE_MICROS = 300_000;

  /** The reserve holds what tiering writes before it can free anything. */
  private static final String SMALL_FILES = "{ minFileBytes: 1MiB, targetFileBytes: 4MiB }";

  private Mounts mounts;

  @BeforeEach
  void mounts() {
    mounts = new Mounts(folder);
  }

  @AfterEach
  void unmount() throws Exception {
    mounts.unmount();
  }

  private static void needsStrace() throws InterruptedException {
    String whyNot = Strace.whyNot();
    assumeTrue(whyNot.isEmpty(), whyNot);
  }

  @Test
  void aForceThatFailsIsNeverAcknowledgedAndNothingIsWrittenAfterIt() throws Exception {
    failsForGoodAndLosesNothing("fdatasync:error=EIO:when=1");
  }

  @Test
  void aWriteWithoutSpaceIsNeverAcknowledgedAndNothingIsWrittenAfterIt() throws Exception {
    failsForGoodAndLosesNothing("pwrite64,pwritev:error=ENOSPC:when=1");
  }

  /** Whatever the system call that fails once on each thread. */
  private void failsForGoodAndLosesNothing(String injection) throws Exception {
    needsStrace();
    List<String> settings = settings(folder.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        for (int i = 0; i < 30; i++) {
          assertThat(send(producer)).isEmpty();
        }
        List<ClientException> failures = new ArrayList<>();
        Strace.during(
            server.pid(),
            injection,
            () -> {
              for (int i = 0; i < 60; i++) {
                send(producer).ifPresent(failures::add);
              }
            });
        assertThat(failures).as("the first to fail").isNotEmpty();
        assertThat(failures.get(0)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(server.ready()).as("ready").isFalse();
        for (int i = 0; i < PARTITIONS; i++) {
          assertThat(send(producer)).as("after the fault went away").isPresent();
        }
      }
      checkAll(client);
      server.kill();
      server.awaitEnd();
    }
    comesBackWhole(settings);
  }

  @Test
  void appendsStopAtTheReserveOfAFullDiskAndResumeWhenTieringFreesIt() throws Exception {
    Path disk = mounts.tmpfs("64m");
    List<String> settings = new ArrayList<>(settings(disk.resolve("data"), SMALL_FILES));
    settings.add("storage.minFree=24MiB");
    settings.add("storage.warehouse=" + folder.resolve("warehouse").toUri());
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        ClientException refusal = fill(producer);
        assertThat(refusal).isInstanceOf(NotAppliedException.class);
        assertThat(refusal).hasMessageContaining("Disk reserve reached");
        checkAll(client);
        for (TieringReport.Move move : client.admin().runTiering("events", true)) {
          assertThat(move.problem()).isEmpty();
        }
        boolean resumed = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!resumed && System.nanoTime() < deadline) {
          resumed = send(producer).isEmpty();
        }
        assertThat(resumed).as("appends resume by themselves").isTrue();
      }
      checkAll(client);
      assertThat(server.ready()).isTrue();
      server.stop();
    }
    comesBackWhole(settings);
  }

  @Test
  void aFileSystemThatIsReallyFullLosesNothing() throws Exception {
    Path disk = mounts.tmpfs("48m");
    List<String> settings = new ArrayList<>(settings(disk.resolve("data"), "{ enabled: false }"));
    settings.add("storage.minFree=0B");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        assertThat(fill(producer)).isNotNull();
      }
      checkAll(client);
      server.kill();
      server.awaitEnd();
    }
    Mounts.run("mount", "-o", "remount,size=96m", disk.toString());
    comesBackWhole(settings);
  }

  @Test
  void aFileSystemThatTurnsReadOnlyFailsTheLogsUntilAStartFindsItWritable() throws Exception {
    Path image = folder.resolve("image");
    Path disk = mounts.ext4(image);
    List<String> settings = settings(disk.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        for (int i = 0; i < 30; i++) {
          assertThat(send(producer)).isEmpty();
        }
        Mounts.run("mount", "-o", "remount,abort", disk.toString());
        for (int i = 0; i < PARTITIONS; i++) {
          assertThat(send(producer)).get().isInstanceOf(OutcomeUnknownException.class);
        }
        for (int i = 0; i < PARTITIONS; i++) {
          assertThat(send(producer)).as("after the first failure").isPresent();
        }
      }
      assertThat(server.ready()).as("ready").isFalse();
      checkAll(client);
      server.kill();
      server.awaitEnd();
    }
    assertThatThrownBy(() -> ServerProcess.start(settings, log))
        .as("a start on a read-only file system")
        .hasMessageContaining("ended before it listened");
    Mounts.run("umount", disk.toString());
    Mounts.run("mount", "-o", "loop", image.toString(), disk.toString());
    comesBackWhole(settings);
  }

  @Test
  void aSlowDiskKeepsTheOrderAndWhatWaitsIsCounted() throws Exception {
    needsStrace();
    List<String> settings = settings(folder.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      List<RecordMetadata> acknowledged = Collections.synchronizedList(new ArrayList<>());
      List<CompletableFuture<RecordMetadata>> sends = new ArrayList<>();
      assertThat(server.metric(WAITING)).as("waiting bytes, before").isZero();
      try (Producer producer = client.producer(once().withBatchBytes(1))) {
        long held =
            Strace.during(
                server.pid(),
                "fdatasync:delay_enter=" + FORCE_MICROS,
                () -> {
                  for (int i = 0; i < SENT_AT_ONCE; i++) {
                    sends.add(
                        records
                            .begin(producer, "events", 0)
                            .whenComplete((at, failure) -> acknowledged.add(at)));
                  }
                  assertThat(waitingBytes(server, sends))
                      .isGreaterThanOrEqualTo((double) VALUE_BYTES);
                  for (CompletableFuture<RecordMetadata> send : sends) {
                    assertThat(records.await(send, log)).isEmpty();
                  }
                });
        assertThat(held).as("forces that were held up").isPositive();
      }
      assertThat(acknowledged)
          .as("in the order they were sent")
          .isEqualTo(sends.stream().map(CompletableFuture::join).toList());
      assertThat(acknowledged)
          .extracting(RecordMetadata::offset)
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(server.metric(WAITING)).as("waiting bytes, once all is durable").isZero();
      checkAll(client);
      server.stop();
    }
    comesBackWhole(settings);
  }

  /** What waited at most, looked at until the last is answered. */
  private static double waitingBytes(
      ServerProcess server, List<CompletableFuture<RecordMetadata>> sends) throws Exception {
    double most = 0;
    while (!sends.get(sends.size() - 1).isDone()) {
      most = Math.max(most, server.metric(WAITING));
    }
    return most;
  }

  @Test
  void aStandstillLosesNothing() throws Exception {
    List<String> settings = settings(folder.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        assertThat(send(producer)).isEmpty();
        Mounts.run("kill", "-STOP", Long.toString(server.pid()));
        Optional<ClientException> late = send(producer);
        assertThat(late).get().isInstanceOf(OutcomeUnknownException.class);
        Mounts.run("kill", "-CONT", Long.toString(server.pid()));
      }
      try (Producer producer = client.producer(once())) {
        assertThat(send(producer)).as("once it runs again").isEmpty();
      }
      checkAll(client);
      server.stop();
    }
    comesBackWhole(settings);
  }

  /** Produces until the first failure. */
  private ClientException fill(Producer producer) throws Exception {
    for (int i = 0; i < 100_000; i++) {
      Optional<ClientException> failure = send(producer);
      if (failure.isPresent()) {
        return failure.get();
      }
    }
    throw new AssertionError("It never filled up");
  }
}
