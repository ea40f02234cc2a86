package io.thermocline.testkit.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before each call that changes a {@link SimulatedDisk} or opens a file there. */
@FunctionalInterface
public interface DiskFault {
  /** All goes well. */
  DiskFault NONE = (op, path) -> {};

  /**
   * Throws to make the call fail; may also wait, and look at the disk. What fails has no effect,
   * but for {@link DiskOp#FORCE}: afterwards nobody knows which of the bytes are on the disk, and
   * another force does not bring them there.
   *
   * @param path the file or directory; the new name when it is renamed or linked
   */
  void before(DiskOp op, Path path) throws IOException;

  /** Fails each call of that kind on a file whose name ends so. */
  static DiskFault failing(DiskOp kind, String nameEnd) {
    return (op, path) -> {
      if (op == kind && path.getFileName().toString().endsWith(nameEnd)) {
        throw injected(op, path);
      }
    };
  }

  /** Fails the {@code n}-th call of that kind, counted from 1, and no other. */
  static DiskFault failingOnce(DiskOp kind, int n) {
    AtomicInteger left = new AtomicInteger(n);
    return (op, path) -> {
      if (op == kind && left.decrementAndGet() == 0) {
        throw injected(op, path);
      }
    };
  }

  /** What a disk says that can't. */
  static IOException injected(DiskOp op, Path path) {
    return new IOException("Input/output error (injected): " + op + " of " + path);
  }
}
