package io.thermocline.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A temporary directory that goes when the comparison ends, also by an interrupt or a failure, and
 * with it the servers that still write to it.
 */
public final class WorkDirectory implements AutoCloseable {
  private static final int ATTEMPTS = 5;

  private final Path path;
  private final Thread atExit = new Thread(this::endAll, "bench-clean-up");

  private WorkDirectory(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Makes one inside of {@code parent}. */
  static WorkDirectory in(Path parent) throws IOException {
    Files.createDirectories(parent);
    return new WorkDirectory(Files.createTempDirectory(parent, "thermocline-compare-"));
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    endAll();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void endAll() {
    List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
    children.forEach(ProcessHandle::destroyForcibly);
    children.forEach(child -> child.onExit().join());
    delete(path);
  }

  /** Deletes a directory and all in it; a file that is gone already is no failure. */
  public static void delete(Path directory) {
    for (int attempt = 1; Files.exists(directory); attempt++) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      } catch (NoSuchFileException | UncheckedIOException e) {
        // A server that was ending took a file away in between: look again.
        failAfter(attempt, directory, e);
      } catch (IOException e) {
        throw new UncheckedIOException("Can't delete " + directory, e);
      }
    }
  }

  private static void failAfter(int attempt, Path directory, Exception cause) {
    if (attempt >= ATTEMPTS) {
      throw new IllegalStateException("Can't delete " + directory, cause);
    }
  }
}
