package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory keeps its promises over a power cut, and says so when it can't. */
class LocalDurabilityTest {
  @TempDir private Path directory;
  private final PowerCut powerCut = new PowerCut();
  private int images;

  private LocalObjectStore store() {
    return LocalObjectStore.open(
        directory.resolve("a/b/warehouse"), InstantSource.system(), powerCut);
  }

  /** The store as the next process finds it. */
  private LocalObjectStore afterPowerCut() throws IOException {
    Path image = directory.resolve("image-" + images++);
    // The test's own directory was there before.
    powerCut.layOut(directory, image);
    return LocalObjectStore.open(image.resolve("a/b/warehouse"), InstantSource.system());
  }

  @Test
  void whatWasWrittenIsThereAfterAPowerCut() throws IOException {
    LocalObjectStore store = store();
    store.put("t/metadata/1.json", new byte[] {1});
    assertThat(afterPowerCut().get("t/metadata/1.json", 10)).containsExactly(1);
    store.put("t/metadata/1.json", new byte[] {2, 2});
    assertThat(afterPowerCut().get("t/metadata/1.json", 10)).containsExactly(2, 2);
    assertThat(store.putIfAbsent("_thermocline/owner-1.json", new byte[] {3}))
        .isEqualTo(PutOutcome.WRITTEN);
    assertThat(afterPowerCut().get("_thermocline/owner-1.json", 10)).containsExactly(3);
    Path file = Files.write(directory.resolve("file"), new byte[] {4, 5, 6});
    store.upload("t/data/0/f.parquet", file);
    Files.delete(file);
    assertThat(afterPowerCut().get("t/data/0/f.parquet", 10)).containsExactly(4, 5, 6);
  }

  @Test
  void aFolderThatWasEmptiedAndUsedAgainIsDurableAgain() throws IOException {
    LocalObjectStore store = store();
    store.put("t/data/0/1", new byte[] {1});
    store.delete("t/data/0/1");
    store.put("t/data/0/2", new byte[] {2});
    assertThat(afterPowerCut().get("t/data/0/2", 10)).containsExactly(2);
  }

  @Test
  void aFolderLeftByACrashIsForcedBeforeItIsUsed() throws IOException {
    store().put("t/1", new byte[] {1});
    // Made by a process that died before it forced the parent.
    Path left = Files.createDirectory(directory.resolve("a/b/warehouse/t/data"));
    assertThat(left).isDirectory();
    store().put("t/data/2", new byte[] {2});
    assertThat(afterPowerCut().get("t/data/2", 10)).containsExactly(2);
  }

  @Test
  void theLoserOfARaceIsToldTheTruthAlsoAfterAPowerCut() throws IOException {
    LocalObjectStore store = store();
    store.put("owner", new byte[] {1});
    Path unforced = Files.write(directory.resolve("a/b/warehouse/other"), new byte[] {9});
    assertThat(unforced).exists();
    assertThat(store.putIfAbsent("other", new byte[] {2})).isEqualTo(PutOutcome.EXISTS);
    assertThat(afterPowerCut().head("other")).isPresent();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverForceFailsNothingAcknowledgedIsLost(long seed) throws IOException {
    Random random = new Random(seed);
    LocalObjectStore store = store();
    Map<String, byte[]> acknowledged = new HashMap<>();
    for (int step = 0; step < 80; step++) {
      String key = "t" + random.nextInt(3) + "/d" + random.nextInt(3) + "/" + random.nextInt(4);
      byte[] value = new byte[1 + random.nextInt(9)];
      Arrays.fill(value, (byte) step);
      if (random.nextInt(3) == 0) {
        powerCut.failForce(1 + random.nextInt(4));
      }
      try {
        acknowledged.remove(key);
        act(store, random.nextInt(4), key, value, acknowledged);
      } catch (ThermoclineException e) {
        assertThat(e.kind()).isIn(ErrorKind.TRANSIENT, ErrorKind.OUTCOME_UNKNOWN);
      }
      if (step % 10 == 9) {
        verify(afterPowerCut(), acknowledged);
      }
    }
  }

  private void act(
      LocalObjectStore store,
      int action,
      String key,
      byte[] value,
      Map<String, byte[]> acknowledged)
      throws IOException {
    switch (action) {
      case 0 -> store.delete(key);
      case 1 -> {
        store.delete(key);
        if (store.putIfAbsent(key, value) == PutOutcome.WRITTEN) {
          acknowledged.put(key, value);
        }
      }
      case 2 -> {
        store.upload(key, Files.write(Files.createTempFile(directory, "up", ""), value));
        acknowledged.put(key, value);
      }
      default -> {
        store.put(key, value);
        acknowledged.put(key, value);
      }
    }
  }

  private static void verify(LocalObjectStore found, Map<String, byte[]> acknowledged) {
    acknowledged.forEach(
        (key, value) -> {
          try {
            assertThat(found.get(key, 20)).isEqualTo(value);
          } catch (ThermoclineException e) {
            fail("acknowledged and lost: " + key, e);
          }
        });
  }

  @Test
  void aForceThatFailsBeforeTheNameHadNoEffectAndOneAfterItIsUnknown() {
    LocalObjectStore store = store();
    store.put("t/1", new byte[] {1});
    powerCut.failForce(1);
    assertThat(kindOfPut(store)).isEqualTo(ErrorKind.TRANSIENT);
    assertThat(store.get("t/1", 10)).containsExactly(1);
    powerCut.failForce(2);
    assertThat(kindOfPut(store)).isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
  }

  private static ErrorKind kindOfPut(LocalObjectStore store) {
    try {
      store.put("t/1", new byte[] {2});
    } catch (ThermoclineException e) {
      return e.kind();
    }
    throw new AssertionError("It should have failed");
  }
}
