package io.thermocline.cold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFileIOTest {
  @TempDir private Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ObjectStore store;
  private StoreFileIO io;

  @BeforeEach
  void open() {
    store =
        ObjectStores.open(
            StoreSettings.of(directory.resolve("w").toUri()), meters, InstantSource.system());
    io = new StoreFileIO(store);
  }

  private double reads() {
    return meters.find("thermocline.store.requests").tag("operation", "read").timers().stream()
        .mapToDouble(timer -> timer.count())
        .sum();
  }

  private String write(String key, byte[] bytes) throws IOException {
    String location = store.location(key);
    try (PositionOutputStream out = io.newOutputFile(location).create()) {
      out.write(bytes[0]);
      out.write(bytes, 1, bytes.length - 1);
      assertThat(out.getPos()).isEqualTo(bytes.length);
    }
    return location;
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  @Test
  void nothingIsThereBeforeCloseAndAllOfItAfter() throws IOException {
    String location = store.location("t/metadata/1.json");
    PositionOutputStream out = io.newOutputFile(location).create();
    out.write(new byte[100]);
    assertThat(io.newInputFile(location).exists()).isFalse();
    out.close();
    out.close();
    assertThat(io.newInputFile(location).exists()).isTrue();
    assertThat(io.newInputFile(location).getLength()).isEqualTo(100);
    assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void createRefusesWhatExistsAndOverwriteReplacesIt() throws IOException {
    String location = write("t/1", random(10));
    PositionOutputStream second = io.newOutputFile(location).create();
    second.write(1);
    assertThatThrownBy(second::close).isInstanceOf(AlreadyExistsException.class);
    assertThat(io.newInputFile(location).getLength()).isEqualTo(10);
    try (PositionOutputStream out = io.newOutputFile(location).createOrOverwrite()) {
      out.write(1);
    }
    assertThat(io.newOutputFile(location).toInputFile().getLength()).isEqualTo(1);
  }

  @Test
  void aManifestComesWithOneRequest() throws IOException {
    byte[] content = random(1 << 20);
    String location = write("t/manifest.avro", content);
    InputFile file = io.newInputFile(location, content.length);
    try (SeekableInputStream in = file.newStream()) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(reads()).isEqualTo(1);
  }

  @Test
  void metadataOfUnknownLengthComesWithOneRequestWhenSmall() throws IOException {
    byte[] content = random(100_000);
    String location = write("t/v1.json", content);
    try (SeekableInputStream in = io.newInputFile(location).newStream()) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(reads()).isEqualTo(1);
  }

  @Test
  void aStreamSeeksToAnyByte() throws IOException {
    byte[] content = random(6 << 20);
    String location = write("t/big", content);
    Random random = new Random(11);
    try (SeekableInputStream in = io.newInputFile(location).newStream()) {
      for (int i = 0; i < 200; i++) {
        int at = random.nextInt(content.length);
        in.seek(at);
        assertThat(in.getPos()).isEqualTo(at);
        assertThat(in.read()).isEqualTo(content[at] & 0xff);
        assertThat(in.getPos()).isEqualTo(at + 1);
      }
      in.seek(content.length);
      assertThat(in.read()).isEqualTo(-1);
      in.seek(content.length + 10L);
      assertThat(in.read(new byte[5])).isEqualTo(-1);
      assertThatThrownBy(() -> in.seek(-1)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFileShorterThanItsManifestSaysIsDamaged() throws IOException {
    String location = write("t/m.avro", random(1000));
    try (SeekableInputStream in = io.newInputFile(location, 1001).newStream()) {
      assertThatThrownBy(in::read)
          .isInstanceOf(ThermoclineException.class)
          .extracting("kind")
          .isEqualTo(ErrorKind.CORRUPT);
    }
  }

  @Test
  void aMissingFileIsWhatIcebergExpects() throws IOException {
    InputFile file = io.newInputFile(store.location("t/absent"));
    assertThat(file.exists()).isFalse();
    assertThatThrownBy(file::getLength).isInstanceOf(NotFoundException.class);
    try (SeekableInputStream in = file.newStream()) {
      assertThatThrownBy(in::read).isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void filesOutsideTheWarehouseAreRefused() {
    for (String location :
        List.of("s3://bucket/x", "file:///etc/passwd", store.location("") + "/../x")) {
      assertThatThrownBy(() -> io.newInputFile(location).exists())
          .isInstanceOf(ThermoclineException.class)
          .extracting("kind")
          .isEqualTo(ErrorKind.INVALID);
    }
  }

  @Test
  void filesAreDeletedOneByOneAndTogether() throws IOException {
    String one = write("t/1", random(10));
    String two = write("t/2", random(10));
    String three = write("t/3", random(10));
    io.deleteFile(one);
    io.deleteFiles(List.of(one, two, three));
    assertThat(io.newInputFile(two).exists()).isFalse();
    assertThat(directory.resolve("w/t")).doesNotExist();
  }

  @Test
  void aFilePastTheLimitIsRefusedAndNotWritten() throws IOException {
    String location = store.location("t/huge");
    PositionOutputStream out = io.newOutputFile(location).create();
    byte[] chunk = new byte[StoreFileIO.MAX_FILE_BYTES / 4];
    for (int i = 0; i < 4; i++) {
      out.write(chunk);
    }
    assertThatThrownBy(() -> out.write(1))
        .isInstanceOf(ThermoclineException.class)
        .extracting("kind")
        .isEqualTo(ErrorKind.EXHAUSTED);
  }

  @Test
  void closingItLeavesTheStoreOpen() throws IOException {
    String location = write("t/1", random(10));
    io.close();
    assertThat(store.keyOf(location).flatMap(store::head)).isPresent();
  }
}
