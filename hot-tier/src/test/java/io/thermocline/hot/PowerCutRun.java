package io.thermocline.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.thermocline.model.ThermoclineException;
import io.thermocline.testkit.ManualClock;
import io.thermocline.testkit.disk.DiskFault;
import io.thermocline.testkit.disk.DiskOp;
import io.thermocline.testkit.disk.PowerCut;
import io.thermocline.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Lives of one tier, each ended by a power cut, and the images that the power cuts may leave. A
 * life begins on an image of the one before.
 */
final class PowerCutRun {
  private static final int STEPS = 40;

  /** One call in so many is a moment at which the power may have failed. */
  private static final int CALLS_BETWEEN_CUTS = 30;

  private static final int CUTS_A_LIFE = 12;
  private static final int IMAGES_A_CUT = 4;
  private static final int RECOVERY_CALLS = 25;
  private static final int MAX_DEPTH = 3;

  private final long seed;
  private final Random random;
  private final ManualClock clock = ManualClock.start();
  private final AtomicLong values = new AtomicLong();
  private int images;

  PowerCutRun(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** The disk at one moment, and what had been promised by then. */
  private record Crash(PowerCut disk, Promises promises) {}

  /** Opens at least so many images. */
  void run(int wanted) {
    Crash before = new Crash(new SimulatedDisk(clock).cut(), new Promises());
    while (images < wanted) {
      List<Crash> crashes = live(before, STEPS, CUTS_A_LIFE, CALLS_BETWEEN_CUTS);
      for (Crash crash : crashes) {
        for (int i = 0; i < IMAGES_A_CUT; i++) {
          check(image(crash.disk()), crash.promises(), 0);
        }
      }
      Crash last = crashes.get(random.nextInt(crashes.size()));
      before = check(image(last.disk()), last.promises(), MAX_DEPTH);
    }
  }

  /**
   * A short life whose process is killed at each call in turn, started again and used; then the
   * power fails and takes all that was not forced, by either process.
   */
  void runKilledAtEachCall(int steps) {
    Crash none = new Crash(new SimulatedDisk(clock).cut(), new Promises());
    for (Crash killed : live(none, steps, Integer.MAX_VALUE, 1)) {
      SimulatedDisk disk = killed.disk().afterKill();
      Promises promises;
      PowerCut cut;
      try (HotLife life =
          new HotLife(disk, clock, random, values, killed.promises(), unexpected -> false)) {
        life.open();
        promises = killed.promises().check(life.tier());
        life.appendEverywhere(promises);
        cut = disk.cut();
      }
      Crash unused = check(cut.forcedOnly(), promises, MAX_DEPTH);
    }
  }

  private SimulatedDisk image(PowerCut cut) {
    return random.nextInt(6) == 0 ? cut.afterKill() : cut.image(random.nextLong());
  }

  /**
   * A life in which one call fails; whatever it did, the process may be killed, or the power may
   * fail, or it may be stopped in good order, and nothing promised is lost.
   *
   * @param n which call of that kind fails, counted from 1
   * @return whether there were so many
   */
  boolean runFailing(DiskOp kind, int n) {
    SimulatedDisk disk = new SimulatedDisk(clock);
    AtomicBoolean failed = new AtomicBoolean();
    DiskFault fault = DiskFault.failingOnce(kind, n);
    disk.fault(
        (op, path) -> {
          try {
            fault.before(op, path);
          } catch (IOException e) {
            failed.set(true);
            throw e;
          }
        });
    Crash crash;
    try (HotLife life =
        new HotLife(
            disk, clock, random, values, new Promises(), PowerCutRun::saysThatADiskFailed)) {
      life.openWhateverFails();
      for (int step = 0; step < STEPS; step++) {
        life.step();
      }
      disk.fault(DiskFault.NONE);
      crash = crash(disk, life);
      life.stop();
      Crash unused = check(disk, life.promises, 0);
    }
    Crash unused = check(crash.disk().afterKill(), crash.promises(), 0);
    Crash unusedToo = check(crash.disk().image(random.nextLong()), crash.promises(), 0);
    return failed.get();
  }

  private static boolean saysThatADiskFailed(ThermoclineException e) {
    return switch (e.kind()) {
      case OUTCOME_UNKNOWN, LOG_FAILED, EXHAUSTED, TRANSIENT, FAILED_PRECONDITION, CORRUPT -> true;
      default -> false;
    };
  }

  /** One life, and moments of it. */
  private List<Crash> live(Crash before, int steps, int cuts, int callsBetween) {
    SimulatedDisk disk = before.disk().afterKill();
    List<Crash> crashes = new ArrayList<>();
    try (HotLife life =
        new HotLife(disk, clock, random, values, before.promises(), unexpected -> false)) {
      Random moments = new Random(random.nextLong());
      disk.fault(
          (op, path) -> {
            synchronized (crashes) {
              if (crashes.size() < cuts && moments.nextInt(callsBetween) == 0) {
                crashes.add(crash(disk, life));
              }
            }
          });
      life.open();
      for (int step = 0; step < steps; step++) {
        life.step();
      }
      crashes.add(crash(disk, life));
    }
    return crashes;
  }

  /** While the promises are held nobody can be promised anything the disk does not have yet. */
  private static Crash crash(SimulatedDisk disk, HotLife life) {
    synchronized (life.promises) {
      life.see();
      return new Crash(disk.cut(), life.promises.copy());
    }
  }

  /**
   * Opens an image and looks whether it keeps the promises; then what a power cut leaves in the
   * middle of that, and after it.
   *
   * @return the disk and the promises when it was open
   */
  private Crash check(SimulatedDisk disk, Promises promises, int depth) {
    int image = ++images;
    PowerCut found = disk.cut();
    try {
      return open(disk, promises, depth);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "Seed %d, image %d, kept in %s: %s"
              .formatted(seed, image, keep(found, image), e.getMessage()),
          e);
    }
  }

  private Crash open(SimulatedDisk disk, Promises promises, int depth) {
    PowerCut[] within = {null};
    AuditedImage audited = AuditedImage.of(disk);
    AtomicInteger calls = new AtomicInteger(1 + random.nextInt(RECOVERY_CALLS));
    disk.fault(
        (op, path) -> {
          if (calls.decrementAndGet() == 0) {
            within[0] = disk.cut();
          }
        });
    Crash after;
    try (HotLife life = new HotLife(disk, clock, random, values, promises, unexpected -> false)) {
      life.open();
      disk.fault(DiskFault.NONE);
      after = new Crash(disk.cut(), promises.check(life.tier()));
      audited.agreesWith(life.tier());
      if (depth == 0 && random.nextInt(4) == 0) {
        life.appendEverywhere(after.promises().copy());
      }
    }
    if (depth == 0 && random.nextInt(4) == 0) {
      openAgain(disk);
    }
    if (depth < MAX_DEPTH) {
      if (within[0] != null && random.nextInt(3) == 0) {
        Crash unused = check(image(within[0]), promises, depth + 1);
      }
      if (random.nextInt(6) == 0) {
        Crash unused = check(image(after.disk()), after.promises(), depth + 1);
      }
    }
    return after;
  }

  /** Opening what was closed changes nothing. */
  private void openAgain(SimulatedDisk disk) {
    Map<String, byte[]> before = contents(disk);
    try (HotLife life =
        new HotLife(disk, clock, random, values, new Promises(), unexpected -> false)) {
      life.open();
    }
    assertSame(before, contents(disk));
  }

  /** Whether the same files hold the same bytes. */
  static void assertSame(Map<String, byte[]> before, Map<String, byte[]> after) {
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach(
        (path, bytes) ->
            assertThat(Arrays.equals(bytes, before.get(path)))
                .as("%s is as it was", path)
                .isTrue());
  }

  static Map<String, byte[]> contents(SimulatedDisk disk) {
    Map<String, byte[]> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(disk.getPath("/"))) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        contents.put(path.toString(), Files.readAllBytes(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return contents;
  }

  /** Writes an image to the machine's disk, for people. */
  private Path keep(PowerCut found, int image) {
    Path directory = Path.of("target", "power-cuts", "seed-" + seed + "-image-" + image);
    contents(found.afterKill())
        .forEach(
            (path, bytes) -> {
              Path file = directory.resolve(path.substring(1));
              try {
                Files.createDirectories(file.getParent());
                Files.write(file, bytes);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    return directory.toAbsolutePath();
  }
}
