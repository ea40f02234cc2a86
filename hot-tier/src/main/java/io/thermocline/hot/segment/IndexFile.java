package io.thermocline.hot.segment;

import io.thermocline.hot.disk.ChecksummedFile;
import io.thermocline.hot.disk.Disk;
import io.thermocline.model.ThermoclineException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Optional;

/**
 * A segment's index on disk, written when the segment is sealed or closed: a {@link
 * ChecksummedFile} with magic "TCI" and a zero, whose body is
 *
 * <pre>
 *   topic UUID 16, partition 4, segment base offset 8   whose it is
 *   covered bytes 8                                     of the segment file
 *   first append time 8, last append time 8             Unix ms
 *   entries 4, then for each: position 8, offset 8, largest timestamp 8
 * </pre>
 */
public final class IndexFile {
  private static final int MAGIC = ('T' << 24) | ('C' << 16) | ('I' << 8);
  private static final int VERSION = 1;
  private static final int ENTRY_BYTES = 3 * Long.BYTES;

  private IndexFile() {}

  /**
   * Writes what is known of the first {@code coveredBytes}; not forced, as it can be made again.
   */
  public static void write(Disk disk, Segment segment, SegmentIndex index, long coveredBytes)
      throws IOException {
    SegmentIndex.Snapshot entries = index.snapshot();
    file(disk, segment)
        .writeUnforced(
            out -> {
              LogStamp stamp = segment.stamp();
              out.writeLong(stamp.topic().getMostSignificantBits());
              out.writeLong(stamp.topic().getLeastSignificantBits());
              out.writeInt(stamp.partition());
              out.writeLong(stamp.segment());
              out.writeLong(coveredBytes);
              writeEntries(out, entries);
            });
  }

  private static void writeEntries(DataOutputStream out, SegmentIndex.Snapshot entries)
      throws IOException {
    out.writeLong(entries.firstAppendMillis());
    out.writeLong(entries.lastAppendMillis());
    out.writeInt(entries.positions().length);
    for (int i = 0; i < entries.positions().length; i++) {
      out.writeLong(entries.positions()[i]);
      out.writeLong(entries.offsets()[i]);
      out.writeLong(entries.timestamps()[i]);
    }
  }

  /**
   * The stored index.
   *
   * @return empty when it is absent, can't be read, is damaged, of another version, makes no sense,
   *     or is not of exactly the first {@code coveredBytes} of this segment: an index is a hint
   */
  public static Optional<SegmentIndex> read(Disk disk, Segment segment, long coveredBytes) {
    try {
      return file(disk, segment)
          .read((in, version) -> readBody(in, segment.stamp(), coveredBytes))
          .flatMap(index -> index);
    } catch (IOException | ThermoclineException unusable) {
      return Optional.empty();
    }
  }

  private static Optional<SegmentIndex> readBody(
      DataInputStream in, LogStamp stamp, long coveredBytes) throws IOException {
    boolean ours =
        in.readLong() == stamp.topic().getMostSignificantBits()
            && in.readLong() == stamp.topic().getLeastSignificantBits()
            && in.readInt() == stamp.partition()
            && in.readLong() == stamp.segment()
            && in.readLong() == coveredBytes;
    return ours ? readEntries(in, coveredBytes) : Optional.empty();
  }

  private static Optional<SegmentIndex> readEntries(DataInputStream in, long coveredBytes)
      throws IOException {
    long first = in.readLong();
    long last = in.readLong();
    int count = in.readInt();
    // Asked before anything is allocated: what is left is all there can be.
    if (count != in.available() / ENTRY_BYTES) {
      return Optional.empty();
    }
    long[] positions = new long[count];
    long[] offsets = new long[count];
    long[] timestamps = new long[count];
    for (int i = 0; i < count; i++) {
      positions[i] = in.readLong();
      offsets[i] = in.readLong();
      timestamps[i] = in.readLong();
      boolean follows = i == 0 || (positions[i] > positions[i - 1] && offsets[i] > offsets[i - 1]);
      if (!follows || positions[i] < 0 || positions[i] >= coveredBytes) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new SegmentIndex.Snapshot(positions, offsets, timestamps, first, last).toIndex());
  }

  private static ChecksummedFile file(Disk disk, Segment segment) {
    return new ChecksummedFile(disk, segment.indexFile(), MAGIC, VERSION);
  }
}
