package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.hot.FaultyDisk.Op;
import io.thermocline.hot.disk.NotOpenedException;
import io.thermocline.model.Appended;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.SegmentLimits;
import io.thermocline.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that finds no file to write to: too few file descriptors, no space for a name. */
class NoFileTest {
  @TempDir Path temporary;
  private final FaultyDisk disk = new FaultyDisk();
  private TierHarness hot;

  @BeforeEach
  void open() {
    hot = new TierHarness(temporary.resolve("data"), disk);
  }

  @AfterEach
  void close() {
    disk.fault = FaultyDisk.NONE;
    hot.close();
  }

  @Test
  void aFirstFileThatCannotBeMadeRefusesAllThatWaitAndTheLogGoesOn() {
    Gate gate = new Gate(path -> path.toString().endsWith(".log"));
    disk.fault = gate;
    CompletableFuture<Appended> slow = hot.tier.append(hot.id, Batches.of("a"));
    gate.awaitReached();
    CompletableFuture<Void> seal = hot.tier.seal(hot.id);
    List<CompletableFuture<Appended>> waiting =
        Stream.of("b", "c").map(value -> hot.tier.append(hot.id, Batches.of(value))).toList();
    disk.fault = FaultyDisk.failing(Op.CREATE, ".log");
    gate.open();
    assertThat(Await.result(slow).baseOffset()).isZero();
    Await.fails(ErrorKind.TRANSIENT, () -> seal);
    waiting.forEach(append -> assertThat(Await.result(append).baseOffset()).isPositive());

    disk.fault = FaultyDisk.NONE;
    Await.result(hot.tier.seal(hot.id));
    assertThat(hot.append("d")).isEqualTo(3);
    assertThat(hot.files()).contains("00000000000000000003.log");
    wholeWith("0:a", "1:b", "2:c", "3:d");
  }

  @Test
  void aFileThatCannotBeMadeForTheFirstBatchOrOpenedAgainRefusesThatAndNoLater() {
    disk.fault = FaultyDisk.failing(Op.CREATE, ".log");
    refused("a");
    disk.fault = FaultyDisk.NONE;
    assertThat(hot.append("b")).isZero();
    hot.restart();
    disk.fault = FaultyDisk.failing(Op.OPEN, ".log");
    refused("c");
    disk.fault = FaultyDisk.NONE;
    assertThat(hot.append("d")).isEqualTo(1);
    wholeWith("0:b", "1:d");
  }

  @Test
  void aNextSegmentThatCannotBeMadeRefusesWhatFindsNoRoomInTheLast() {
    hot.tier.segmentLimits(hot.id, new SegmentLimits(200, Duration.ofDays(1)));
    String half = "x".repeat(100);
    hot.append(half);
    disk.fault = FaultyDisk.failing(Op.CREATE, ".log");
    refused("a");
    disk.fault = FaultyDisk.NONE;
    assertThat(hot.append("b")).isEqualTo(1);
    assertThat(hot.files()).contains("00000000000000000001.log");
    wholeWith("0:" + half, "1:b");
  }

  @Test
  void noFileIsMadeInADirectoryThatCannotBeOpenedToForceItsName() {
    hot.append("a");
    AtomicBoolean made = new AtomicBoolean();
    disk.fault =
        (op, path) -> {
          made.compareAndSet(false, op == Op.CREATE);
          if (op == Op.OPEN_DIRECTORY) {
            throw new IOException("Too many open files");
          }
        };
    Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.seal(hot.id));
    assertThat(made).isFalse();
    assertThat(hot.files()).containsExactly("00000000000000000000.log");
    disk.fault = FaultyDisk.NONE;
    Await.result(hot.tier.seal(hot.id));
    assertThat(hot.append("b")).isEqualTo(1);
    wholeWith("0:a", "1:b");
  }

  @Test
  void aForceOfTheDirectoryThatFailedFailsTheLogForGood() {
    hot.append("a");
    disk.fault = inDirectory(new IOException("injected"));
    Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.seal(hot.id));
    disk.fault = FaultyDisk.NONE;
    Await.fails(ErrorKind.LOG_FAILED, () -> hot.tier.append(hot.id, Batches.of("b")));
    assertThat(hot.tier.healthy()).isFalse();
    assertThat(hot.readAll(0)).containsExactly("0:a");
  }

  @Test
  void aReadThatFindsNoFileDescriptorDoesNotSayThatTheDataAreDamaged() {
    hot.append("a");
    Await.result(hot.tier.seal(hot.id));
    disk.openedToRead =
        file -> {
          throw new NotOpenedException(file, new IOException("Too many open files"));
        };
    Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.read(hot.id, 0, 1 << 20));
    disk.openedToRead = file -> {};
    wholeWith("0:a");
  }

  private FaultyDisk.Fault inDirectory(IOException failure) {
    return (op, path) -> {
      if (op == Op.FORCE_DIRECTORY && path.equals(hot.partitionDirectory())) {
        throw failure;
      }
    };
  }

  private void refused(String value) {
    Await.fails(ErrorKind.TRANSIENT, () -> hot.tier.append(hot.id, Batches.of(value)));
  }

  private void wholeWith(String... records) {
    assertThat(hot.tier.healthy()).isTrue();
    assertThat(hot.readAll(0)).containsExactly(records);
    hot.restart();
    assertThat(hot.readAll(0)).containsExactly(records);
  }
}
