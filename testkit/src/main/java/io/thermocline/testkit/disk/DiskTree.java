package io.thermocline.testkit.disk;

import io.thermocline.testkit.disk.DirectoryNode.NameChange;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of a disk and how they change. The caller holds the disk's lock. */
final class DiskTree {
  private final SimulatedDisk disk;
  private long changes;

  DiskTree(SimulatedDisk disk) {
    this.disk = disk;
  }

  /** What has that name; null when nothing has. */
  DiskNode find(SimulatedPath path) {
    DiskNode node = disk.root;
    for (Path name : path.toAbsolutePath().normalize()) {
      node = node instanceof DirectoryNode directory ? directory.names.get(name.toString()) : null;
    }
    return node;
  }

  DiskNode require(SimulatedPath path) throws IOException {
    DiskNode node = find(path);
    if (node == null) {
      throw new NoSuchFileException(path.toString());
    }
    return node;
  }

  DirectoryNode requireDirectory(SimulatedPath path) throws IOException {
    if (require(path) instanceof DirectoryNode directory) {
      return directory;
    }
    throw new NotDirectoryException(path.toString());
  }

  private DirectoryNode parent(SimulatedPath path) throws IOException {
    Path parent = path.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      throw new FileSystemException(path.toString(), null, "it is the root");
    }
    return requireDirectory(SimulatedPath.of(parent));
  }

  private static String name(SimulatedPath path) {
    return path.toAbsolutePath().normalize().getFileName().toString();
  }

  FileNode create(SimulatedPath path, Set<PosixFilePermission> permissions) throws IOException {
    DirectoryNode parent = parent(path);
    FileNode file = new FileNode(disk.nextId(), permissions, disk.now());
    put(parent, path, file);
    return file;
  }

  void createDirectory(SimulatedPath path, Set<PosixFilePermission> permissions)
      throws IOException {
    if (find(path) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
    put(parent(path), path, new DirectoryNode(disk.nextId(), permissions, disk.now()));
  }

  void link(SimulatedPath path, SimulatedPath existing) throws IOException {
    DiskNode node = require(existing);
    if (node instanceof DirectoryNode) {
      throw new FileSystemException(existing.toString(), path.toString(), "it is a directory");
    }
    put(parent(path), path, node);
  }

  private void put(DirectoryNode parent, SimulatedPath path, DiskNode node) throws IOException {
    String name = name(path);
    if (parent.names.putIfAbsent(name, node) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
    note(new NameChange(++changes, null, null, parent, name, node));
  }

  void delete(SimulatedPath path) throws IOException {
    DiskNode node = require(path);
    if (node instanceof DirectoryNode directory && !directory.names.isEmpty()) {
      throw new DirectoryNotEmptyException(path.toString());
    }
    DirectoryNode parent = parent(path);
    String name = name(path);
    DiskNode unused = parent.names.remove(name);
    note(new NameChange(++changes, parent, name, null, null, node));
  }

  void rename(SimulatedPath from, SimulatedPath to) throws IOException {
    DiskNode node = require(from);
    DiskNode replaced = find(to);
    DirectoryNode target = parent(to);
    if (node == replaced) {
      return; // Two names of one file: a rename leaves both, as POSIX has it.
    }
    checkReplaced(node, replaced, from, to);
    DirectoryNode source = parent(from);
    DiskNode unused = source.names.remove(name(from));
    DiskNode unusedOld = target.names.put(name(to), node);
    note(new NameChange(++changes, source, name(from), target, name(to), node));
  }

  private static void checkReplaced(
      DiskNode node, DiskNode replaced, SimulatedPath from, SimulatedPath to) throws IOException {
    boolean directory = node instanceof DirectoryNode;
    if (directory && to.toAbsolutePath().normalize().startsWith(from.toAbsolutePath())) {
      throw new FileSystemException(from.toString(), to.toString(), "Invalid argument");
    }
    if (replaced != null && directory != (replaced instanceof DirectoryNode)) {
      throw new FileSystemException(
          from.toString(), to.toString(), "One is a directory, the other is not");
    }
    if (replaced instanceof DirectoryNode other && !other.names.isEmpty()) {
      throw new DirectoryNotEmptyException(to.toString());
    }
  }

  private void note(NameChange change) {
    if (change.from() != null) {
      change.from().pending.add(change);
      change.from().modified = disk.now();
    }
    if (change.to() != null && change.to() != change.from()) {
      change.to().pending.add(change);
      change.to().modified = disk.now();
    }
  }

  /** Takes over changes of names that are not durable, on the copies of what they were made on. */
  void redo(List<NameChange> unforced, Map<DiskNode, DiskNode> copies) {
    for (NameChange change : unforced) {
      note(
          new NameChange(
              change.number(),
              (DirectoryNode) copies.get(change.from()),
              change.removed(),
              (DirectoryNode) copies.get(change.to()),
              change.put(),
              copies.get(change.node())));
      changes = change.number();
    }
  }

  /** The names in a directory, as they are now. */
  List<Path> list(SimulatedPath path) throws IOException {
    List<Path> listed = new ArrayList<>();
    for (String name : requireDirectory(path).names.keySet()) {
      listed.add(path.resolve(name));
    }
    return listed;
  }
}
