package io.thermocline.hot.segment;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import io.thermocline.hot.disk.LocalDisk;
import io.thermocline.model.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads a segment file, or what a recovery cut from one, without a tier and however damaged it is.
 * Changes nothing. For one thread at a time.
 */
public final class SegmentDump implements AutoCloseable {
  private static final Disk DISK = new LocalDisk();
  private static final int UUID_CHARACTERS = 36;

  private final Path path;
  private final Optional<SegmentPlace> place;
  private final DiskFile file;
  private final long size;
  private final SegmentWalk walk;

  private SegmentDump(Path path, Optional<SegmentPlace> place, DiskFile file) throws IOException {
    this.path = path;
    this.place = place;
    this.file = file;
    this.size = file.size();
    long origin = place.map(SegmentPlace::position).orElse(0L);
    this.walk =
        new SegmentWalk(
            file,
            place.map(p -> new LogStamp(p.topic(), p.partition(), p.baseOffset())),
            origin,
            size,
            place.isPresent() && origin == 0 ? place.get().baseOffset() : SegmentWalk.UNKNOWN,
            origin == 0 ? end(path) : SegmentWalk.UNKNOWN);
  }

  /**
   * Opens a file.
   *
   * @param place whose it is; empty: what its path says, if it lies where a hot tier put it
   */
  public static SegmentDump open(Path path, Optional<SegmentPlace> place) throws IOException {
    DiskFile file = DISK.openToRead(path);
    try {
      return new SegmentDump(path, place.or(() -> placeOf(path)), file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The segment files in a directory and all below it, in order of their paths. */
  public static List<Path> filesIn(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Disk.Entry entry : DISK.list(directory)) {
      if (entry.directory()) {
        files.addAll(filesIn(entry.path()));
      } else if (Segment.baseOf(entry.name()).isPresent()) {
        files.add(entry.path());
      }
    }
    return files;
  }

  /** Where a segment ends is where the next one begins; {@link SegmentWalk#UNKNOWN} of the last. */
  private static long end(Path path) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    Optional<Long> base = Segment.baseOf(path.getFileName().toString());
    if (base.isEmpty()) {
      return SegmentWalk.UNKNOWN;
    }
    return DISK.list(directory).stream()
        .flatMap(entry -> Segment.baseOf(entry.name()).stream())
        .filter(other -> other > base.get())
        .min(Long::compare)
        .orElse(SegmentWalk.UNKNOWN);
  }

  /**
   * What a path says: {@code <topic>-<uuid>/<partition>/<base offset>.log}, or {@code <base
   * offset>-<position>-<epoch>.cut}.
   */
  static Optional<SegmentPlace> placeOf(Path path) {
    Path whole = path.toAbsolutePath().normalize();
    if (whole.getNameCount() < 3) {
      return Optional.empty();
    }
    String name = whole.getFileName().toString();
    String partition = whole.getName(whole.getNameCount() - 2).toString();
    String topic = whole.getName(whole.getNameCount() - 3).toString();
    Optional<Long> base = Segment.baseOf(name).or(() -> Segment.cutFrom(name));
    if (base.isEmpty() || topic.length() <= UUID_CHARACTERS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new SegmentPlace(
              UUID.fromString(topic.substring(topic.length() - UUID_CHARACTERS)),
              Integer.parseInt(partition),
              base.get(),
              Segment.cutPosition(name).orElse(0L)));
    } catch (IllegalArgumentException noSuchNames) {
      return Optional.empty();
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Whose it is, as far as that is known. */
  public Optional<SegmentPlace> place() {
    return place;
  }

  /** Its bytes when it was opened. */
  public long size() {
    return size;
  }

  /** The next part of the file; empty at its end. */
  public Optional<SegmentPart> next() throws IOException {
    return Optional.ofNullable(walk.next());
  }

  /** The batch that {@link #next} gave, with its payload; empty when that was not an intact one. */
  public Optional<RecordBatch> batch() {
    return Optional.ofNullable(walk.batch());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
