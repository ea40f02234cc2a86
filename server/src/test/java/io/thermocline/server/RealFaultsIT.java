package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thermocline.client.BufferFullException;
import io.thermocline.client.ClientException;
import io.thermocline.client.ClientOptions;
import io.thermocline.client.Consumer;
import io.thermocline.client.ConsumerOptions;
import io.thermocline.client.ConsumerRecord;
import io.thermocline.client.NotAppliedException;
import io.thermocline.client.OutcomeUnknownException;
import io.thermocline.client.PartitionName;
import io.thermocline.client.Producer;
import io.thermocline.client.ProducerOptions;
import io.thermocline.client.ProducerRecord;
import io.thermocline.client.RecordMetadata;
import io.thermocline.client.Start;
import io.thermocline.client.ThermoclineClient;
import io.thermocline.client.admin.TieringReport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server on a system that fails it: a disk that returns errors, a file system that is full
 * or turns read-only, too few file descriptors, a process that stands still. Faults come from
 * outside, by strace, mount, ulimit and signals; every acknowledgement is noted and held against
 * what is read later.
 */
@Timeout(120)
class RealFaultsIT {
  private static final int PARTITIONS = 3;
  private static final int VALUE_BYTES = 4_000;
  private static final long EXT4_BYTES = 96L << 20;

  /** The reserve holds what tiering writes before it can free anything. */
  private static final String SMALL_FILES = "{ minFileBytes: 1MiB, targetFileBytes: 4MiB }";

  @TempDir Path folder;
  private final Ledger ledger = new Ledger();
  private final Random random = new Random(7);
  private final List<Path> mounts = new ArrayList<>();
  private Path log;
  private int sent;

  @BeforeAll
  static void needsStrace() throws InterruptedException {
    String whyNot = Strace.whyNot();
    assumeTrue(whyNot.isEmpty(), whyNot);
  }

  @BeforeEach
  void logFile() throws IOException {
    log = Files.createFile(folder.resolve("server.log"));
  }

  @AfterEach
  void unmount() throws Exception {
    for (Path mount : mounts) {
      run("umount", "-l", mount.toString());
    }
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
    Path disk = tmpfs("64m");
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
    Path disk = tmpfs("48m");
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
    run("mount", "-o", "remount,size=96m", disk.toString());
    comesBackWhole(settings);
  }

  @Test
  void aFileSystemThatTurnsReadOnlyFailsTheLogsUntilAStartFindsItWritable() throws Exception {
    Path image = folder.resolve("image");
    Path disk = ext4(image);
    List<String> settings = settings(disk.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        for (int i = 0; i < 30; i++) {
          assertThat(send(producer)).isEmpty();
        }
        run("mount", "-o", "remount,abort", disk.toString());
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
    run("umount", disk.toString());
    run("mount", "-o", "loop", image.toString(), disk.toString());
    comesBackWhole(settings);
  }

  @Test
  void tooFewFileDescriptorsLoseNothing() throws Exception {
    List<String> settings = settings(folder.resolve("data"), "{ enabled: false }");
    List<String> fewFiles = List.of("bash", "-c", "ulimit -n 320; exec \"$@\"", "bash");
    try (ServerProcess server = ServerProcess.start(fewFiles, settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        for (int i = 0; i < 30; i++) {
          assertThat(send(producer)).isEmpty();
        }
        try {
          var unusedMany = client.admin().createTopic("many", 500);
        } catch (ClientException refused) {
          assertThat(refused.getMessage()).contains("many");
        }
      }
      server.kill();
      server.awaitEnd();
    }
    comesBackWhole(settings);
  }

  @Test
  void aSlowDiskKeepsTheOrderAndAStandstillLosesNothing() throws Exception {
    List<String> settings = settings(folder.resolve("data"), "{ enabled: false }");
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      var unused = client.admin().createTopic("events", PARTITIONS);
      try (Producer producer = client.producer(once())) {
        List<Long> offsets = new ArrayList<>();
        Strace.during(
            server.pid(),
            "fdatasync:delay_enter=100000",
            () -> {
              for (int i = 0; i < 30; i++) {
                assertThat(send(producer, 0, Optional.of(offsets))).isEmpty();
              }
            });
        assertThat(offsets).isSorted();
        run("kill", "-STOP", Long.toString(server.pid()));
        Optional<ClientException> late = send(producer);
        assertThat(late).get().isInstanceOf(OutcomeUnknownException.class);
        run("kill", "-CONT", Long.toString(server.pid()));
      }
      try (Producer producer = client.producer(once())) {
        assertThat(send(producer)).as("once it runs again").isEmpty();
      }
      checkAll(client);
      server.stop();
    }
    comesBackWhole(settings);
  }

  private void comesBackWhole(List<String> settings) throws Exception {
    try (ServerProcess server = ServerProcess.start(settings, log);
        ThermoclineClient client = connect(server)) {
      checkAll(client);
      try (Producer producer = client.producer(once())) {
        for (int i = 0; i < PARTITIONS; i++) {
          assertThat(send(producer)).isEmpty();
        }
      }
      checkAll(client);
      assertThat(server.ready()).isTrue();
      server.stop();
    }
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

  private Optional<ClientException> send(Producer producer) throws Exception {
    return send(producer, sent % PARTITIONS, Optional.empty());
  }

  /** Sends one record, waits for its answer and notes it. */
  private Optional<ClientException> send(
      Producer producer, int partition, Optional<List<Long>> offsets) throws Exception {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    int crc = Ledger.crc(value);
    String key = "k" + sent++;
    ProducerRecord record =
        ProducerRecord.of("events", key.getBytes(StandardCharsets.UTF_8), value)
            .withPartition(partition);
    try {
      RecordMetadata at = producer.send(record).get(60, TimeUnit.SECONDS);
      ledger.acknowledged(at, key, crc);
      offsets.ifPresent(all -> all.add(at.offset()));
      return Optional.empty();
    } catch (BufferFullException full) {
      throw new AssertionError("One record does not fill the buffer", full);
    } catch (ExecutionException e) {
      ClientException failure = (ClientException) e.getCause();
      if (failure instanceof OutcomeUnknownException) {
        ledger.unknown(key, crc);
      } else {
        ledger.failed(key);
      }
      return Optional.of(failure);
    } catch (TimeoutException e) {
      throw new AssertionError("No answer for a minute\n" + Files.readString(log), e);
    }
  }

  private void checkAll(ThermoclineClient client) {
    for (int number = 0; number < PARTITIONS; number++) {
      PartitionName partition = new PartitionName("events", number);
      List<ConsumerRecord> records = new ArrayList<>();
      try (Consumer consumer = client.consumer(ConsumerOptions.defaults().withFollow(false))) {
        consumer.assign(partition, Start.earliest());
        consumer.forEach(records::add);
      }
      ledger.check(partition, records);
    }
  }

  private static ProducerOptions once() {
    return ProducerOptions.defaults()
        .withLinger(Duration.ZERO)
        .withDeliveryTimeout(Duration.ofSeconds(4));
  }

  private static ThermoclineClient connect(ServerProcess server) {
    return ThermoclineClient.connect(server.address(), ClientOptions.defaults());
  }

  private Path tmpfs(String size) throws Exception {
    return mount("a small file system", "-t", "tmpfs", "-o", "size=" + size, "tmpfs");
  }

  /** A file system that the system makes read-only when it is told that it is broken. */
  private Path ext4(Path image) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(EXT4_BYTES);
    }
    assumeTrue(succeeds("mkfs.ext4", "-q", image.toString()), "mkfs.ext4 does not work here");
    return mount("a file system in a file", "-o", "loop", image.toString());
  }

  private Path mount(String what, String... options) throws Exception {
    Path mount = Files.createDirectory(folder.resolve("disk"));
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(options));
    command.add(mount.toString());
    assumeTrue(succeeds(command.toArray(String[]::new)), what + " can't be mounted here");
    mounts.add(mount);
    return mount;
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", List.of(command), said).isZero();
  }

  private List<String> settings(Path data, String tiering) throws IOException {
    Path policies = folder.resolve("policies.yaml");
    Files.writeString(
        policies,
        """
        apiVersion: thermocline/v1
        kind: TopicPolicies
        policies:
          - topics: ["*"]
            segment: { bytes: 2MiB, age: 10m }
            tiering: %s
        """
            .formatted(tiering));
    return List.of(
        "data.dir=" + data,
        "policies.file=" + policies,
        "grpc.port=0",
        "http.port=0",
        "storage.minFree=1MiB");
  }
}
