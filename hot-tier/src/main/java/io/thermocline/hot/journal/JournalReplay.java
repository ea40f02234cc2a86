package io.thermocline.hot.journal;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What a crash left in the journal: the entries of all frames that are whole, wherever they lie. A
 * frame that is torn or damaged is stepped over; the next one begins at some later block.
 * Thread-safe.
 */
public final class JournalReplay {
  private final Disk disk;
  private final Path directory;

  /**
   * An entry in a journal file.
   *
   * @param file the journal file
   * @param at position of the bytes in it
   */
  public record Entry(Place place, Path file, long at) {}

  public JournalReplay(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /**
   * The entries that are wanted, in no particular order.
   *
   * @param torn told of frames that are stepped over
   */
  public List<Entry> entries(Predicate<Place> wanted, Consumer<JournalScan.Torn> torn)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path path : JournalFiles.paths(directory)) {
      if (disk.exists(path)) {
        try (JournalScan scan = JournalScan.open(disk, path)) {
          for (var part = scan.next(); part.isPresent(); part = scan.next()) {
            if (part.get() instanceof JournalScan.Whole frame) {
              frame.entries().stream()
                  .filter(entry -> wanted.test(entry.place()))
                  .forEach(entries::add);
            } else if (part.get() instanceof JournalScan.Torn frame) {
              torn.accept(frame);
            }
          }
        }
      }
    }
    return entries;
  }

  /** Copies an entry's bytes to their place in a segment's file. */
  public void layOver(Entry entry, DiskFile segment) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(entry.place().bytes());
    try (DiskFile file = disk.openToRead(entry.file())) {
      int read = file.read(bytes, entry.at());
      if (read < bytes.capacity()) {
        throw new IOException("%s ends in an entry".formatted(entry.file()));
      }
    }
    segment.write(bytes.flip(), entry.place().position());
  }

  /**
   * A segment's file as {@link #layOver} would leave it, to be read; nothing is changed.
   *
   * @param segment closed by closing what is given back, or when this fails
   */
  public DiskFile laidOver(List<Entry> entries, DiskFile segment) throws IOException {
    try {
      return new LaidOver(disk, entries, segment);
    } catch (IOException | RuntimeException e) {
      segment.close();
      throw e;
    }
  }

  /** Deletes the journal, durably, once every entry is durable in its segment. */
  public void delete() throws IOException {
    JournalFiles.delete(disk, directory);
  }
}
