package io.thermocline.cold.store;

import io.thermocline.model.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files on their way into the store: complete and forced, but not named yet. */
final class LocalScratch {
  private static final Logger LOG = LoggerFactory.getLogger(LocalScratch.class);
  private static final int COPY_BYTES = 1 << 20;

  private final Path directory;
  private final Forcing forcing;

  LocalScratch(Path directory, Forcing forcing) {
    this.directory = directory;
    this.forcing = forcing;
  }

  /** A new forced file of these bytes. */
  Path write(ByteBuffer bytes) throws IOException {
    Path file = fresh();
    try (FileChannel out = create(file)) {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      forcing.file(out, file);
    } catch (IOException e) {
      remove(file);
      throw e;
    }
    return file;
  }

  /** A second name of this very file, forced; a checked copy where there can be none. */
  Path adopt(Path source) throws IOException {
    Path file = fresh();
    try {
      Files.createLink(file, source);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      LOG.debug("copying instead of linking file={} reason={}", source, e.toString());
      return copy(source, file);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      OwnerOnly.restrict(file);
      forcing.file(channel, file);
    } catch (IOException e) {
      remove(file);
      throw e;
    }
    return file;
  }

  /** Deletes a scratch file if it is still there. What can't be deleted now is swept later. */
  void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("scratch file stays until the next start file={} reason={}", file, e.toString());
    }
  }

  /** Deletes what a crash left behind. */
  void sweep(Instant olderThan) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(olderThan)) {
          remove(file);
        }
      }
    }
  }

  private Path copy(Path source, Path file) throws IOException {
    CRC32C read = new CRC32C();
    byte[] buffer = new byte[COPY_BYTES];
    try (InputStream in = Files.newInputStream(source);
        FileChannel out = create(file)) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        read.update(buffer, 0, got);
        ByteBuffer piece = ByteBuffer.wrap(buffer, 0, got);
        while (piece.hasRemaining()) {
          out.write(piece);
        }
      }
      forcing.file(out, file);
    } catch (IOException e) {
      remove(file);
      throw e;
    }
    if (checksum(file, buffer) != read.getValue()) {
      remove(file);
      throw new IOException("the copy of " + source + " has another checksum");
    }
    return file;
  }

  private static long checksum(Path file, byte[] buffer) throws IOException {
    CRC32C crc = new CRC32C();
    try (InputStream in = Files.newInputStream(file)) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        crc.update(buffer, 0, got);
      }
    }
    return crc.getValue();
  }

  private FileChannel create(Path file) throws IOException {
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return FileChannel.open(file, options, OwnerOnly.file(file));
  }

  private Path fresh() {
    return directory.resolve(UUID.randomUUID() + ".tmp");
  }
}
