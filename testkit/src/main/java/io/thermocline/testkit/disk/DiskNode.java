package io.thermocline.testkit.disk;

import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Set;

/** A file or directory, under whatever names. Guarded by its disk. */
abstract class DiskNode {
  final long id;
  Set<PosixFilePermission> permissions;
  Instant modified;

  DiskNode(long id, Set<PosixFilePermission> permissions, Instant modified) {
    this.id = id;
    this.permissions = permissions;
    this.modified = modified;
  }
}
