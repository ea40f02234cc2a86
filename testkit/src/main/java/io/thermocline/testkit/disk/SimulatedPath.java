package io.thermocline.testkit.disk;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/** A path of a {@link SimulatedDisk}. It can't be made a {@code java.io.File}. */
final class SimulatedPath implements Path {
  private final SimulatedDisk disk;

  /** A path of the machine, of which nothing but the names is used. */
  private final Path names;

  SimulatedPath(SimulatedDisk disk, Path names) {
    this.disk = disk;
    this.names = names;
  }

  static SimulatedPath of(Path path) {
    if (path instanceof SimulatedPath simulated) {
      return simulated;
    }
    throw new ProviderMismatchException("Not of a simulated disk: " + path);
  }

  SimulatedDisk disk() {
    return disk;
  }

  private Path with(Path other) {
    return other == null ? null : new SimulatedPath(disk, other);
  }

  @Override
  public FileSystem getFileSystem() {
    return disk;
  }

  @Override
  public boolean isAbsolute() {
    return names.isAbsolute();
  }

  @Override
  public Path getRoot() {
    return with(names.getRoot());
  }

  @Override
  public Path getFileName() {
    return with(names.getFileName());
  }

  @Override
  public Path getParent() {
    return with(names.getParent());
  }

  @Override
  public int getNameCount() {
    return names.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return with(names.getName(index));
  }

  @Override
  public Path subpath(int from, int to) {
    return with(names.subpath(from, to));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof SimulatedPath path && names.startsWith(path.names);
  }

  @Override
  public boolean endsWith(Path other) {
    return other instanceof SimulatedPath path && names.endsWith(path.names);
  }

  @Override
  public Path normalize() {
    return with(names.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return with(names.resolve(of(other).names));
  }

  @Override
  public Path relativize(Path other) {
    return with(names.relativize(of(other).names));
  }

  @Override
  public URI toUri() {
    return URI.create(SimulatedProvider.SCHEME + ":" + toAbsolutePath());
  }

  @Override
  public SimulatedPath toAbsolutePath() {
    return new SimulatedPath(disk, Path.of("/").resolve(names));
  }

  @Override
  public Path toRealPath(LinkOption... options) {
    return toAbsolutePath().normalize();
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException("Watching a simulated disk");
  }

  @Override
  public int compareTo(Path other) {
    return names.compareTo(of(other).names);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SimulatedPath path && path.disk == disk && path.names.equals(names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
