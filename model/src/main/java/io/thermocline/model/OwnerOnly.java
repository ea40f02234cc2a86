package io.thermocline.model;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files and directories that nobody but their owner may read: records lie in them. Where the file
 * system knows no permissions, it is as the system has it.
 */
public final class OwnerOnly {
  private static final Set<PosixFilePermission> OF_A_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OF_A_FILE =
      PosixFilePermissions.fromString("rw-------");

  private OwnerOnly() {}

  /** What a directory there is to be made with: mode 0700. */
  public static FileAttribute<?>[] directory(Path path) {
    return attributes(path, OF_A_DIRECTORY);
  }

  /** What a file there is to be made with: mode 0600. */
  public static FileAttribute<?>[] file(Path path) {
    return attributes(path, OF_A_FILE);
  }

  private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
    return knowsPermissions(path)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static boolean knowsPermissions(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Makes a directory, and those above it, unless they are there. Not durable by that. */
  public static void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory, directory(directory));
  }

  /**
   * Takes from all others what they may do with a file that is there; with a directory, and with
   * what lies in it. What links lead to stays as it is.
   *
   * @throws IOException when that fails, as it does for files of somebody else; some may be changed
   */
  public static void restrict(Path path) throws IOException {
    if (knowsPermissions(path)) {
      Files.walkFileTree(path, new Restriction());
    }
  }

  private static final class Restriction extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      leaveOnly(OF_A_DIRECTORY, directory);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isRegularFile()) {
        leaveOnly(OF_A_FILE, file);
      }
      return FileVisitResult.CONTINUE;
    }

    private static void leaveOnly(Set<PosixFilePermission> permissions, Path path)
        throws IOException {
      Set<PosixFilePermission> now = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
      if (!permissions.containsAll(now)) {
        Set<PosixFilePermission> left = EnumSet.copyOf(permissions);
        left.retainAll(now);
        Files.setPosixFilePermissions(path, left);
      }
    }
  }
}
