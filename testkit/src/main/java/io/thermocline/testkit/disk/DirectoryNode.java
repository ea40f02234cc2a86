package io.thermocline.testkit.disk;

import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A directory: the names in it, those it had when it was forced, and the changes since. */
final class DirectoryNode extends DiskNode {
  final Map<String, DiskNode> names = new TreeMap<>();
  final Map<String, DiskNode> durableNames = new TreeMap<>();

  /** In the order they were made. A rename between directories stands in both. */
  final List<NameChange> pending = new ArrayList<>();

  DirectoryNode(long id, Set<PosixFilePermission> permissions, Instant modified) {
    super(id, permissions, modified);
  }

  /**
   * A change of names: {@code removed} goes, {@code put} names {@code node}, in one step.
   *
   * @param from where a name goes; null when none does
   * @param to where a name comes; null when none does
   */
  record NameChange(
      long number,
      DirectoryNode from,
      String removed,
      DirectoryNode to,
      String put,
      DiskNode node) {

    boolean touches(DirectoryNode directory) {
      return from == directory || to == directory;
    }
  }

  /** Makes the names durable, and with a rename from elsewhere what was done there before it. */
  void force() {
    while (!pending.isEmpty()) {
      settle(pending.get(0));
    }
  }

  private static void settle(NameChange change) {
    settleBefore(change, change.from());
    settleBefore(change, change.to());
    if (change.from() != null) {
      change.from().pending.remove(change);
      boolean unused = change.from().durableNames.remove(change.removed(), change.node());
    }
    if (change.to() != null) {
      change.to().pending.remove(change);
      change.to().durableNames.put(change.put(), change.node());
    }
  }

  private static void settleBefore(NameChange change, DirectoryNode directory) {
    while (directory != null
        && !directory.pending.isEmpty()
        && directory.pending.get(0).number() < change.number()) {
      settle(directory.pending.get(0));
    }
  }
}
