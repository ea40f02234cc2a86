package io.thermocline.hot.groups;

import io.thermocline.hot.disk.FormatMark;
import io.thermocline.hot.disk.StoredUuid;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicPartition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * One entry in the file of groups' offsets, big-endian; all of it counts or none:
 *
 * <pre>
 *   0  magic "TCG"   3
 *   3  version       1   1
 *   4  length        4   of the body
 *   8  CRC32C        4   over magic, version, length and body
 *  12  body: kind 1, then
 *        1 commit: group (2 bytes length, UTF-8), offsets 4, then for each:
 *          topic UUID 16, topic name (2 bytes length, UTF-8), partition 4, next offset 8
 *        2 forget: topic UUID 16
 * </pre>
 *
 * <p>All but the body stays what it is in every later version, so that an older program can tell an
 * entry of one from damage.
 */
public sealed interface GroupEntry {
  FormatMark MARK = FormatMark.of("TCG", 1);
  int PREFIX_BYTES = 12;

  /** A group's places in some partitions; its others stay. */
  record Commit(String group, Map<TopicPartition, Long> offsets) implements GroupEntry {}

  /** No group has a place in this topic any more. */
  record Forget(UUID topic) implements GroupEntry {}

  /**
   * A file's content.
   *
   * @param damagedBytes that belong to no entry
   * @param intactTo where the last entry ends
   */
  record Decoded(List<GroupEntry> entries, int damagedBytes, int intactTo) {}

  /** This entry as it is stored. */
  default ByteBuffer encode() {
    ByteArrayOutputStream collected = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(collected)) {
      out.write(new byte[PREFIX_BYTES]);
      if (this instanceof Commit commit) {
        write(commit, out);
      } else if (this instanceof Forget forget) {
        out.writeByte(2);
        StoredUuid.write(forget.topic(), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteBuffer bytes = ByteBuffer.wrap(collected.toByteArray());
    bytes.putInt(0, MARK.stored()).putInt(4, bytes.limit() - PREFIX_BYTES);
    return bytes.putInt(8, checksum(bytes, 0, bytes.limit() - PREFIX_BYTES));
  }

  /** Does to the groups' places, by group, what this entry says. */
  default void applyTo(Map<String, Map<TopicPartition, Long>> groups) {
    if (this instanceof Commit commit) {
      Map<TopicPartition, Long> offsets =
          new HashMap<>(groups.getOrDefault(commit.group(), Map.of()));
      offsets.putAll(commit.offsets());
      groups.put(commit.group(), Map.copyOf(offsets));
    } else if (this instanceof Forget forget) {
      groups.replaceAll(
          (group, offsets) -> keep(offsets, topic -> !topic.uuid().equals(forget.topic())));
    }
  }

  /** Those of {@code offsets} whose topics are to be kept. */
  static Map<TopicPartition, Long> keep(
      Map<TopicPartition, Long> offsets, Predicate<TopicId> isTopic) {
    Map<TopicPartition, Long> kept = new HashMap<>(offsets);
    kept.keySet().removeIf(partition -> !isTopic.test(partition.topic()));
    return Map.copyOf(kept);
  }

  /**
   * All entries in {@code bytes}; what is damaged is stepped over.
   *
   * @throws io.thermocline.model.ThermoclineException {@code FAILED_PRECONDITION} when one is of a
   *     later version
   */
  static Decoded decodeAll(ByteBuffer bytes) {
    List<GroupEntry> entries = new ArrayList<>();
    int at = 0;
    int damaged = 0;
    int intactTo = 0;
    while (at < bytes.limit()) {
      int length = intactLength(bytes, at);
      GroupEntry entry = length < 0 ? null : decode(bytes, at + PREFIX_BYTES, length);
      if (entry == null) {
        damaged++;
        at++;
      } else {
        entries.add(entry);
        at += PREFIX_BYTES + length;
        intactTo = at;
      }
    }
    return new Decoded(entries, damaged, intactTo);
  }

  private static int intactLength(ByteBuffer bytes, int at) {
    if (bytes.limit() - at < PREFIX_BYTES || !MARK.isAt(bytes, at)) {
      return -1;
    }
    int length = bytes.getInt(at + 4);
    boolean fits = length >= 0 && length <= bytes.limit() - at - PREFIX_BYTES;
    if (!fits || checksum(bytes, at, length) != bytes.getInt(at + 8)) {
      return -1;
    }
    if (MARK.isNewerAt(bytes, at)) {
      throw MARK.newer("An entry of the groups' offsets", bytes, at);
    }
    return MARK.isThisVersionAt(bytes, at) ? length : -1;
  }

  private static int checksum(ByteBuffer bytes, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().limit(at + 8).position(at));
    int body = at + PREFIX_BYTES;
    crc.update(bytes.duplicate().limit(body + length).position(body));
    return (int) crc.getValue();
  }

  /** The same places give the same bytes. */
  private static List<Map.Entry<TopicPartition, Long>> inOrder(Map<TopicPartition, Long> offsets) {
    return offsets.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(
                Comparator.comparing((TopicPartition id) -> id.topic().uuid())
                    .thenComparing(TopicPartition::partition)))
        .toList();
  }

  private static void write(Commit commit, DataOutputStream out) throws IOException {
    out.writeByte(1);
    out.writeUTF(commit.group());
    out.writeInt(commit.offsets().size());
    for (Map.Entry<TopicPartition, Long> offset : inOrder(commit.offsets())) {
      TopicPartition partition = offset.getKey();
      StoredUuid.write(partition.topic().uuid(), out);
      out.writeUTF(partition.topic().name());
      out.writeInt(partition.partition());
      out.writeLong(offset.getValue());
    }
  }

  /**
   * @return null when the body makes no sense
   */
  private static GroupEntry decode(ByteBuffer bytes, int at, int length) {
    byte[] body = new byte[length];
    bytes.duplicate().position(at).get(body);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      int kind = in.readByte();
      if (kind == 2) {
        return new Forget(StoredUuid.read(in));
      }
      if (kind != 1) {
        return null;
      }
      String group = in.readUTF();
      Map<TopicPartition, Long> offsets = new HashMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        UUID uuid = StoredUuid.read(in);
        TopicId topic = new TopicId(uuid, in.readUTF());
        int partition = in.readInt();
        offsets.put(topic.partition(partition), in.readLong());
      }
      return new Commit(group, offsets);
    } catch (IOException | IllegalArgumentException | ThermoclineException nonsense) {
      return null;
    }
  }
}
