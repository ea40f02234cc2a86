package io.thermocline.bench.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** The disk that a directory is on. */
final class LocalDisk implements Disk {
  private static final long FILE_BYTES = 2L << 30;
  private static final int PIECE_BYTES = 256 << 10;

  private final Path directory;
  private final ByteBuffer piece;

  LocalDisk(Path directory) {
    this.directory = directory;
    byte[] noise = new byte[PIECE_BYTES];
    new Random(7).nextBytes(noise);
    this.piece = ByteBuffer.allocateDirect(PIECE_BYTES).put(noise);
  }

  @Override
  public void settle() throws IOException, InterruptedException {
    int status = new ProcessBuilder("sync").inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException("sync ended with " + status);
    }
  }

  @Override
  public double probe() throws IOException {
    Path file = directory.resolve("probe");
    long start = System.nanoTime();
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long written = 0; written < FILE_BYTES; ) {
        piece.rewind();
        while (piece.hasRemaining()) {
          written += out.write(piece);
        }
        out.force(false);
      }
      return FILE_BYTES * 1e3 / (System.nanoTime() - start);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
