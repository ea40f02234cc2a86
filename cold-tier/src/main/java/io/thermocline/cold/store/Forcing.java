package io.thermocline.cold.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What makes files and names durable; tests put a simulated power cut in its place. */
interface Forcing {
  /** The disk's own. */
  Forcing DISK =
      new Forcing() {
        @Override
        public void file(FileChannel channel, Path file) throws IOException {
          channel.force(true);
        }

        @Override
        public void directory(Path directory) throws IOException {
          try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
          }
        }
      };

  /** When it returns, the file's content is durable, though not its name. */
  void file(FileChannel channel, Path file) throws IOException;

  /** When it returns, the names in this directory are durable. */
  void directory(Path directory) throws IOException;
}
