package io.thermocline.hot.audit;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.groups.GroupEntry;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks at the groups' offsets: every entry's checksum, and that they lie in the logs. */
final class GroupsAudit {
  private final Disk disk;
  private final Path path;
  private final AuditFinding.Sink sink;

  GroupsAudit(Disk disk, Path path, AuditFinding.Sink sink) {
    this.disk = disk;
    this.path = path;
    this.sink = sink;
  }

  /**
   * Looks.
   *
   * @param complete whether {@code logs} are all there are
   */
  void run(List<AuditedLog> logs, boolean complete) throws IOException {
    if (!disk.exists(path)) {
      return;
    }
    ByteBuffer bytes;
    try (DiskFile in = disk.openToRead(path)) {
      bytes = ByteBuffer.allocate(Math.toIntExact(in.size()));
      int unused = in.read(bytes, 0);
      bytes.flip();
    }
    GroupEntry.Decoded decoded = GroupEntry.decodeAll(bytes);
    int behind = bytes.limit() - decoded.intactTo();
    if (decoded.damagedBytes() > behind) {
      sink.damage(
          path.toString(),
          "%d bytes between the commits of groups are damaged"
              .formatted(decoded.damagedBytes() - behind));
    }
    if (behind > 0) {
      sink.note(
          path + " at byte " + decoded.intactTo(),
          "%d bytes of a commit that was not finished, or is damaged".formatted(behind));
    }
    compare(decoded.entries(), logs, complete);
  }

  private void compare(List<GroupEntry> entries, List<AuditedLog> logs, boolean complete) {
    Map<TopicPartition, AuditedLog> known = new HashMap<>();
    logs.forEach(log -> known.put(log.id(), log));
    Map<String, Map<TopicPartition, Long>> groups = new TreeMap<>();
    entries.forEach(entry -> entry.applyTo(groups));
    groups.forEach(
        (group, offsets) ->
            offsets.forEach(
                (partition, offset) -> {
                  AuditedLog log = known.get(partition);
                  if (log != null && offset > log.end()) {
                    sink.note(
                        partition,
                        path.toString(),
                        "group %s is at offset %d, past the end, %d"
                            .formatted(group, offset, log.end()));
                  } else if (log == null && complete) {
                    sink.note(
                        partition,
                        path.toString(),
                        "group %s has a place in a partition that is not there".formatted(group));
                  }
                }));
  }
}
