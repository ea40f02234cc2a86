package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectStoreTest implements ObjectStoreContract {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-20T10:00:00Z"));

  @TempDir private Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Override
  public ObjectStore store() {
    return open(directory.resolve("new/ware house").toUri());
  }

  private ObjectStore open(URI warehouse) {
    return ObjectStores.open(StoreSettings.of(warehouse), meters, CLOCK);
  }

  private Path scratch() {
    return directory.resolve("new/ware house/.thermocline-tmp");
  }

  @Test
  void onlyTheOwnerMayReadFilesAndFolders() throws IOException {
    ObjectStore store = store();
    store.put("a/b", new byte[3]);
    Path source = Files.write(directory.resolve("source"), new byte[7]);
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-r--r--"));
    store.upload("a/c", source);
    try (Stream<Path> all = Files.walk(directory.resolve("new"))) {
      all.forEach(path -> assertThat(mode(path)).isIn("rwx------", "rw-------"));
    }
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nothingStaysInScratchWhateverTheOutcome() throws IOException {
    ObjectStore store = store();
    store.put("k", new byte[3]);
    assertThat(store.putIfAbsent("k", new byte[4])).isEqualTo(PutOutcome.EXISTS);
    store.put("file", new byte[3]);
    assertThatThrownBy(() -> store.put("file/below", new byte[3]))
        .isInstanceOf(ThermoclineException.class);
    assertThat(scratch()).isEmptyDirectory();
  }

  @Test
  void aStartRemovesOldScratchFilesAndLeavesYoungOnes() throws IOException {
    store().close();
    Path old = Files.createFile(scratch().resolve("old.tmp"));
    Path young = Files.createFile(scratch().resolve("young.tmp"));
    Files.setLastModifiedTime(old, FileTime.from(CLOCK.instant().minus(Duration.ofHours(25))));
    Files.setLastModifiedTime(young, FileTime.from(CLOCK.instant().minus(Duration.ofHours(23))));
    ObjectStore store = store();
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    store.list(
        "",
        info -> {
          throw new AssertionError("scratch files are no objects: " + info);
        });
  }

  @Test
  void emptyFoldersGoWithTheirLastObjectAndComeBack() {
    ObjectStore store = store();
    store.put("a/b/c", new byte[1]);
    store.put("a/d", new byte[1]);
    store.delete("a/b/c");
    Path root = store.localPath("a").orElseThrow();
    assertThat(root.resolve("b")).doesNotExist();
    assertThat(root).exists();
    store.put("a/b/c", new byte[2]);
    assertThat(store.head("a/b/c").orElseThrow().size()).isEqualTo(2);
  }

  @Test
  void aFolderRemovedFromOutsideIsMadeAgain() throws IOException {
    ObjectStore store = store();
    store.put("a/b/c", new byte[1]);
    Path folder = store.localPath("a/b").orElseThrow();
    Files.delete(folder.resolve("c"));
    Files.delete(folder);
    store.put("a/b/c", new byte[2]);
    assertThat(store.localPath("a/b/c").orElseThrow()).hasSize(2);
  }

  @Test
  void anUploadSharesTheFileInsteadOfCopyingIt() throws IOException {
    ObjectStore store = store();
    Path source = Files.write(directory.resolve("source"), new byte[100]);
    store.upload("data/f", source);
    Path stored = store.localPath("data/f").orElseThrow();
    assertThat(Files.isSameFile(source, stored)).isTrue();
  }

  @Test
  void locationsAreAbsoluteFileLocationsNotEscaped() {
    ObjectStore store = store();
    assertThat(store.location("t/x y"))
        .isEqualTo("file://" + directory.toAbsolutePath() + "/new/ware house/t/x y");
    String path = directory.toAbsolutePath() + "/new/ware house/t/1";
    for (String form : new String[] {"file://", "file:", "file://localhost", ""}) {
      assertThat(store.keyOf(form + path)).contains("t/1");
    }
    assertThat(store.keyOf("s3:/" + path)).isEmpty();
  }

  @Test
  void aDirectoryThatIsAFileIsRefusedWithItsName() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> open(file.toUri()))
        .isInstanceOf(ThermoclineException.class)
        .hasMessageContaining(file.toString())
        .extracting("kind")
        .isEqualTo(ErrorKind.FAILED_PRECONDITION);
  }

  @Test
  void warehousesOfOtherFormsAreRefused() {
    for (String warehouse :
        new String[] {"gs://bucket/x", "data", "file:///", "file://host/x", "file:"}) {
      assertThatThrownBy(() -> open(URI.create(warehouse.equals("file:") ? "file:/" : warehouse)))
          .isInstanceOf(ThermoclineException.class)
          .extracting("kind")
          .isEqualTo(ErrorKind.INVALID);
    }
  }

  @Test
  void requestsAndBytesAreCounted() {
    ObjectStore store = store();
    store.put("k", new byte[5]);
    int got = store.read("k", 1, ByteBuffer.allocate(10));
    assertThat(got).isEqualTo(4);
    assertThatThrownBy(() -> store.get("absent", 1)).isInstanceOf(ThermoclineException.class);
    assertThat(meters.get("thermocline.store.bytes").tag("operation", "put").counter().count())
        .isEqualTo(5);
    assertThat(meters.get("thermocline.store.bytes").tag("operation", "read").counter().count())
        .isEqualTo(4);
    assertThat(
            meters
                .get("thermocline.store.requests")
                .tags("operation", "read", "result", "not_found")
                .timer()
                .count())
        .isEqualTo(1);
  }
}
