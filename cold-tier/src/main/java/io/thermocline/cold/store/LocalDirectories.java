package io.thermocline.cold.store;

import io.thermocline.model.OwnerOnly;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The directories under one root: made when needed, durable before they are used, removed when
 * empty.
 *
 * <p>A directory that merely exists proves nothing: its entry may still wait in the page cache,
 * made by another thread or before a crash. So the first use of each in this process forces its
 * parent. A removal excludes all uses, or a file could stand in a directory that was removed and
 * made again by someone who has not forced it yet.
 */
final class LocalDirectories {
  /** What is forgotten is forced once more, no harm. */
  private static final int MAX_REMEMBERED = 50_000;

  private final Path root;
  private final Forcing forcing;
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();
  private final ReadWriteLock layout = new ReentrantReadWriteLock();

  /** Makes the root itself, durably. */
  LocalDirectories(Path root, Forcing forcing) throws IOException {
    this.root = root;
    this.forcing = forcing;
    make(root);
  }

  /** Work that names files in a directory. */
  @FunctionalInterface
  interface Use<T> {
    T in(Path directory) throws IOException;
  }

  /** Runs {@code use} on a directory that exists durably and is not removed meanwhile. */
  <T> T using(Path directory, Use<T> use) throws IOException {
    layout.readLock().lock();
    try {
      make(directory);
      try {
        return use.in(directory);
      } catch (NoSuchFileException e) {
        // Someone outside removed it: what is remembered is wrong.
        durable.clear();
        make(directory);
        return use.in(directory);
      }
    } finally {
      layout.readLock().unlock();
    }
  }

  /** Removes a directory and those above it while they are empty; not the root. */
  void prune(Path directory) throws IOException {
    if (!layout.writeLock().tryLock()) {
      return; // An empty directory does no harm, waiting behind every upload would.
    }
    try {
      for (Path d = directory; !d.equals(root) && d.startsWith(root); d = d.getParent()) {
        durable.remove(d);
        Files.deleteIfExists(d);
      }
    } catch (DirectoryNotEmptyException e) {
      // In use: done.
      return;
    } finally {
      layout.writeLock().unlock();
    }
  }

  private void make(Path directory) throws IOException {
    if (durable.contains(directory)) {
      return;
    }
    Path parent = directory.getParent();
    boolean below = directory.startsWith(root) && !directory.equals(root);
    if (parent != null && (below || !Files.isDirectory(parent))) {
      make(parent);
    }
    boolean made = create(directory);
    if (parent != null) {
      forceParent(parent, made || below);
    }
    if (durable.size() >= MAX_REMEMBERED) {
      durable.clear();
    }
    durable.add(directory);
  }

  private boolean create(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, OwnerOnly.directory(directory));
      return true;
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
      return false;
    }
  }

  /** A root made by someone else may stand in a directory that is closed to us. */
  private void forceParent(Path parent, boolean ours) throws IOException {
    try {
      forcing.directory(parent);
    } catch (AccessDeniedException e) {
      if (ours) {
        throw e;
      }
    }
  }
}
