package io.thermocline.testkit.disk;

import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Set;

/** A file's attributes, as they were when they were read. */
record SimulatedAttributes(
    Object fileKey,
    boolean isRegularFile,
    long size,
    Instant modified,
    Set<PosixFilePermission> permissions)
    implements PosixFileAttributes {

  static SimulatedAttributes of(DiskNode node) {
    boolean regular = node instanceof FileNode;
    long size = node instanceof FileNode file ? file.size : 0;
    return new SimulatedAttributes(node.id, regular, size, node.modified, node.permissions);
  }

  static boolean isView(Class<? extends FileAttributeView> type) {
    return type == BasicFileAttributeView.class || type == PosixFileAttributeView.class;
  }

  @Override
  public FileTime lastModifiedTime() {
    return FileTime.from(modified);
  }

  @Override
  public FileTime lastAccessTime() {
    return lastModifiedTime();
  }

  @Override
  public FileTime creationTime() {
    return lastModifiedTime();
  }

  @Override
  public boolean isDirectory() {
    return !isRegularFile;
  }

  @Override
  public boolean isSymbolicLink() {
    return false;
  }

  @Override
  public boolean isOther() {
    return false;
  }

  @Override
  public UserPrincipal owner() {
    throw new UnsupportedOperationException("A simulated disk has no users");
  }

  @Override
  public GroupPrincipal group() {
    throw new UnsupportedOperationException("A simulated disk has no users");
  }

  /** The attributes of one path. */
  record View(SimulatedPath path, String name) implements PosixFileAttributeView {

    @Override
    public PosixFileAttributes readAttributes() throws IOException {
      synchronized (path.disk().lock) {
        return SimulatedAttributes.of(path.disk().tree().require(path));
      }
    }

    @Override
    public void setTimes(FileTime modified, FileTime accessed, FileTime created)
        throws IOException {
      synchronized (path.disk().lock) {
        if (modified != null) {
          path.disk().tree().require(path).modified = modified.toInstant();
        }
      }
    }

    @Override
    public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
      synchronized (path.disk().lock) {
        path.disk().tree().require(path).permissions = Set.copyOf(permissions);
      }
    }

    @Override
    public UserPrincipal getOwner() {
      throw new UnsupportedOperationException("A simulated disk has no users");
    }

    @Override
    public void setOwner(UserPrincipal owner) {
      throw new UnsupportedOperationException("A simulated disk has no users");
    }

    @Override
    public void setGroup(GroupPrincipal group) {
      throw new UnsupportedOperationException("A simulated disk has no users");
    }
  }
}
