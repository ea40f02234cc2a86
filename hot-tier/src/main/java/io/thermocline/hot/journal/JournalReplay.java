package io.thermocline.hot.journal;

import io.thermocline.hot.disk.Disk;
import io.thermocline.hot.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
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

  /** The entries that are wanted, in no particular order. */
  public List<Entry> entries(Predicate<Place> wanted) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path path : Journal.files(directory)) {
      if (disk.exists(path)) {
        read(
            path,
            entry -> {
              if (wanted.test(entry.place())) {
                entries.add(entry);
              }
            });
      }
    }
    return entries;
  }

  private void read(Path path, Consumer<Entry> found) throws IOException {
    try (DiskFile file = disk.openToRead(path)) {
      OptionalLong id = JournalFile.idOf(file, path);
      if (id.isEmpty()) {
        return;
      }
      long size = file.size();
      ByteBuffer window = ByteBuffer.allocate(Frame.MAX_BYTES).limit(0);
      long windowAt = 0;
      long at = Frame.BLOCK_BYTES;
      while (at < size) {
        int index = (int) (at - windowAt);
        int length = index < window.limit() ? Frame.lengthAt(window, index) : 0;
        if (index + Math.max(length, Frame.HEADER_BYTES) > window.limit()) {
          window.clear();
          window.limit(file.read(window, at)).position(0);
          windowAt = at;
          index = 0;
        }
        List<Frame.Found> frame = Frame.read(window, index, id.getAsLong(), at);
        for (Frame.Found each : frame) {
          found.accept(new Entry(each.place(), path, at + each.at()));
        }
        at += frame.isEmpty() ? Frame.BLOCK_BYTES : Frame.padded(Frame.lengthAt(window, index));
      }
    }
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

  /** Deletes the journal, durably, once every entry is durable in its segment. */
  public void delete() throws IOException {
    Journal.delete(disk, directory);
  }
}
