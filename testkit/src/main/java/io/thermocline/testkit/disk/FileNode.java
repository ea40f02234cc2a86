package io.thermocline.testkit.disk;

import java.nio.ByteBuffer;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file: its pages as everybody reads them, those that are durable, and for each page that is not
 * every content it had since the last force, as the system may have written any of them. A page is
 * never changed, but replaced; one that was never written is null and reads as zeros.
 */
final class FileNode extends DiskNode {
  static final int PAGE_BYTES = 4096;

  final List<byte[]> pages;
  long size;
  final List<byte[]> durablePages;
  long durableSize;
  final TreeMap<Integer, List<byte[]>> unforced = new TreeMap<>();

  /** The sizes it had since the last force, but the durable one. */
  final List<Long> unforcedSizes = new ArrayList<>();

  /** Pages whose force failed: only writing them again helps. */
  private final Set<Integer> abandoned = new HashSet<>();

  /** Open for locking by somebody. */
  boolean locked;

  FileNode(long id, Set<PosixFilePermission> permissions, Instant modified) {
    this(id, permissions, modified, new ArrayList<>(), 0);
  }

  /** A file that has these pages durably. */
  FileNode(
      long id,
      Set<PosixFilePermission> permissions,
      Instant modified,
      List<byte[]> pages,
      long size) {
    super(id, permissions, modified);
    this.pages = pages;
    this.size = size;
    this.durablePages = new ArrayList<>(pages);
    this.durableSize = size;
  }

  int read(ByteBuffer into, long position) {
    if (position >= size) {
      return into.hasRemaining() ? -1 : 0;
    }
    int wanted = (int) Math.min(into.remaining(), size - position);
    for (int left = wanted; left > 0; ) {
      long at = position + wanted - left;
      int offset = (int) (at % PAGE_BYTES);
      int piece = Math.min(left, PAGE_BYTES - offset);
      byte[] page = page(pages, (int) (at / PAGE_BYTES));
      into.put(page == null ? new byte[PAGE_BYTES] : page, offset, piece);
      left -= piece;
    }
    return wanted;
  }

  void write(ByteBuffer bytes, long position) {
    long at = position;
    while (bytes.hasRemaining()) {
      int number = (int) (at / PAGE_BYTES);
      int offset = (int) (at % PAGE_BYTES);
      int piece = Math.min(bytes.remaining(), PAGE_BYTES - offset);
      byte[] old = page(pages, number);
      byte[] page = old == null ? new byte[PAGE_BYTES] : old.clone();
      bytes.get(page, offset, piece);
      replace(number, page);
      at += piece;
    }
    if (at > size) {
      resize(at);
    }
  }

  void truncate(long newSize) {
    if (newSize >= size) {
      return;
    }
    int kept = (int) (newSize / PAGE_BYTES);
    for (int number = kept; number < pages.size(); number++) {
      byte[] old = pages.get(number);
      if (old != null) {
        int from = number == kept ? (int) (newSize % PAGE_BYTES) : 0;
        byte[] page = old.clone();
        Arrays.fill(page, from, PAGE_BYTES, (byte) 0);
        replace(number, page);
      }
    }
    resize(newSize);
  }

  private void replace(int number, byte[] page) {
    set(pages, number, page);
    unforced.computeIfAbsent(number, none -> new ArrayList<>()).add(page);
    abandoned.remove(number);
  }

  private void resize(long newSize) {
    size = newSize;
    unforcedSizes.add(newSize);
  }

  void force() {
    unforced
        .entrySet()
        .removeIf(
            page -> {
              boolean forced = !abandoned.contains(page.getKey());
              if (forced) {
                set(durablePages, page.getKey(), pages.get(page.getKey()));
              }
              return forced;
            });
    durableSize = size;
    unforcedSizes.clear();
  }

  /** A force that failed: what was not durable may be or not, and nobody writes it again. */
  void failForce() {
    abandoned.addAll(unforced.keySet());
  }

  static byte[] page(List<byte[]> pages, int number) {
    return number < pages.size() ? pages.get(number) : null;
  }

  static void set(List<byte[]> pages, int number, byte[] page) {
    while (pages.size() <= number) {
      pages.add(null);
    }
    pages.set(number, page);
  }

  /** As it is now, to be looked at later. */
  Frozen frozen() {
    Map<Integer, List<byte[]>> versions = new TreeMap<>();
    unforced.forEach((number, pages) -> versions.put(number, List.copyOf(pages)));
    List<Long> sizes = new ArrayList<>(unforcedSizes);
    return new Frozen(
        new ArrayList<>(durablePages),
        durableSize,
        versions,
        sizes,
        new ArrayList<>(pages),
        Set.copyOf(abandoned));
  }

  /**
   * What was durable, and what may have become so.
   *
   * @param versions of each page that was not forced, oldest first
   * @param sizes it had since the last force, oldest first
   * @param seen the pages as everybody saw them
   */
  record Frozen(
      List<byte[]> pages,
      long size,
      Map<Integer, List<byte[]>> versions,
      List<Long> sizes,
      List<byte[]> seen,
      Set<Integer> abandoned) {

    long seenSize() {
      return sizes.isEmpty() ? size : sizes.get(sizes.size() - 1);
    }

    /** The file with what is not durable still not durable. */
    FileNode copy(long id, FileNode original) {
      FileNode copy =
          new FileNode(id, original.permissions, original.modified, new ArrayList<>(pages), size);
      copy.pages.clear();
      copy.pages.addAll(seen);
      copy.size = seenSize();
      versions.forEach((number, pages) -> copy.unforced.put(number, new ArrayList<>(pages)));
      copy.unforcedSizes.addAll(sizes);
      copy.abandoned.addAll(abandoned);
      return copy;
    }
  }
}
