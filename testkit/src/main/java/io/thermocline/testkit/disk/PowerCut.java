package io.thermocline.testkit.disk;

import io.thermocline.testkit.disk.DirectoryNode.NameChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A disk at the moment the power failed, from which the images are made that may be found
 * afterwards. In each one everything that was forced is there. Of the 4 KiB pages that were not, 0,
 * 25, 60 or 100% are, in whatever order they were written, each as it was after any of its writes;
 * the last one may be torn. A file's size is one it had since its last force, or ends with the last
 * page that is there; between are zeros. Of the names made, moved or removed in directories that
 * were not forced, any may have been. Not changed by anything; thread-safe.
 */
public final class PowerCut {
  private static final int[] PERCENT = {0, 25, 60, 100};
  private static final int SECTOR_BYTES = 512;

  private final SimulatedDisk origin;
  private final Map<FileNode, FileNode.Frozen> files = new HashMap<>();
  private final Map<DirectoryNode, Map<String, DiskNode>> directories = new HashMap<>();

  /** The names as everybody saw them. */
  private final Map<DirectoryNode, Map<String, DiskNode>> seen = new HashMap<>();

  private final List<NameChange> changes;

  private PowerCut(SimulatedDisk origin) {
    this.origin = origin;
    Set<NameChange> pending = new TreeSet<>(Comparator.comparingLong(NameChange::number));
    freeze(origin.root, pending);
    this.changes = List.copyOf(pending);
  }

  /** The caller holds the disk's lock. */
  static PowerCut of(SimulatedDisk disk) {
    return new PowerCut(disk);
  }

  private void freeze(DiskNode node, Set<NameChange> pending) {
    if (node instanceof FileNode file) {
      files.computeIfAbsent(file, first -> file.frozen());
    } else if (node instanceof DirectoryNode directory && !directories.containsKey(directory)) {
      directories.put(directory, Map.copyOf(directory.durableNames));
      seen.put(directory, Map.copyOf(directory.names));
      pending.addAll(directory.pending);
      directory.names.values().forEach(below -> freeze(below, pending));
      directory.durableNames.values().forEach(below -> freeze(below, pending));
      directory.pending.forEach(change -> freeze(change.node(), pending));
    }
  }

  /** Whether every page and every name is durable: then all images are the same. */
  public boolean isSettled() {
    return changes.isEmpty() && files.values().stream().allMatch(f -> f.versions().isEmpty());
  }

  /**
   * A disk as it may be found, on which all is durable. The same seed gives the same image.
   *
   * @param seed draws how much is kept, and what
   */
  public SimulatedDisk image(long seed) {
    Random random = new Random(seed);
    int pages = PERCENT[random.nextInt(PERCENT.length)];
    int names = PERCENT[random.nextInt(PERCENT.length)];
    return image(random, pages, names);
  }

  /** The disk with what was forced and nothing else. */
  public SimulatedDisk forcedOnly() {
    return image(new Random(0), 0, 0);
  }

  /**
   * The disk as a killed process leaves it: everything is as everybody saw it, but what was not
   * forced still is not, and may go with the next power cut.
   */
  public SimulatedDisk afterKill() {
    SimulatedDisk disk = new SimulatedDisk(origin.clock());
    Map<DiskNode, DiskNode> copies = new HashMap<>();
    copies.put(origin.root, disk.root);
    directories.keySet().stream()
        .filter(directory -> directory != origin.root)
        .forEach(d -> copies.put(d, new DirectoryNode(disk.nextId(), d.permissions, d.modified)));
    files.forEach((file, frozen) -> copies.put(file, frozen.copy(disk.nextId(), file)));
    directories.forEach(
        (directory, names) -> {
          DirectoryNode copy = (DirectoryNode) copies.get(directory);
          names.forEach((name, node) -> copy.durableNames.put(name, copies.get(node)));
          seen.get(directory).forEach((name, node) -> copy.names.put(name, copies.get(node)));
        });
    disk.tree().redo(changes, copies);
    return disk;
  }

  private SimulatedDisk image(Random random, int pagesPercent, int namesPercent) {
    Map<DirectoryNode, Map<String, DiskNode>> kept = new HashMap<>();
    directories.forEach((directory, names) -> kept.put(directory, new HashMap<>(names)));
    for (NameChange change : changes) {
      if (random.nextInt(100) < namesPercent) {
        apply(change, kept);
      }
    }
    SimulatedDisk image = new SimulatedDisk(origin.clock());
    Copy copy = new Copy(image, kept, random, pagesPercent);
    copy.names(origin.root, image.root);
    return image;
  }

  private static void apply(NameChange change, Map<DirectoryNode, Map<String, DiskNode>> names) {
    if (change.from() != null && names.containsKey(change.from())) {
      boolean unused = names.get(change.from()).remove(change.removed(), change.node());
    }
    if (change.to() != null && names.containsKey(change.to())) {
      DiskNode unused = names.get(change.to()).put(change.put(), change.node());
    }
  }

  /** Copies what is kept to another disk. */
  private final class Copy {
    private final SimulatedDisk image;
    private final Map<DirectoryNode, Map<String, DiskNode>> kept;
    private final Random random;
    private final int percent;
    private final Map<FileNode, FileNode> copied = new HashMap<>();

    Copy(
        SimulatedDisk image,
        Map<DirectoryNode, Map<String, DiskNode>> kept,
        Random random,
        int percent) {
      this.image = image;
      this.kept = kept;
      this.random = random;
      this.percent = percent;
    }

    void names(DirectoryNode from, DirectoryNode to) {
      List<String> names = new ArrayList<>(kept.get(from).keySet());
      names.sort(Comparator.naturalOrder());
      for (String name : names) {
        DiskNode node = copy(kept.get(from).get(name));
        to.names.put(name, node);
        to.durableNames.put(name, node);
      }
    }

    private DiskNode copy(DiskNode node) {
      if (node instanceof DirectoryNode directory) {
        DirectoryNode copy = new DirectoryNode(image.nextId(), node.permissions, node.modified);
        names(directory, copy);
        return copy;
      }
      FileNode copy = copied.get(node);
      if (copy == null) {
        copy = file((FileNode) node, files.get(node));
        copied.put((FileNode) node, copy);
      }
      return copy;
    }

    private FileNode file(FileNode node, FileNode.Frozen frozen) {
      List<byte[]> pages = new ArrayList<>(frozen.pages());
      int last = -1;
      for (Map.Entry<Integer, List<byte[]>> page : frozen.versions().entrySet()) {
        if (random.nextInt(100) < percent) {
          List<byte[]> versions = page.getValue();
          boolean newest = percent == 100 || random.nextInt(4) > 0;
          int version = newest ? versions.size() - 1 : random.nextInt(versions.size());
          FileNode.set(pages, page.getKey(), versions.get(version));
          last = page.getKey();
        }
      }
      if (last >= 0 && percent < 100 && random.nextBoolean()) {
        FileNode.set(pages, last, torn(FileNode.page(frozen.pages(), last), pages.get(last)));
      }
      long size = percent == 100 ? frozen.seenSize() : size(frozen, last);
      return new FileNode(image.nextId(), node.permissions, node.modified, cut(pages, size), size);
    }

    private byte[] torn(byte[] before, byte[] after) {
      byte[] torn = before == null ? new byte[FileNode.PAGE_BYTES] : before.clone();
      if (random.nextBoolean()) {
        System.arraycopy(after, 0, torn, 0, random.nextInt(FileNode.PAGE_BYTES));
      } else {
        for (int at = 0; at < FileNode.PAGE_BYTES; at += SECTOR_BYTES) {
          if (random.nextBoolean()) {
            System.arraycopy(after, at, torn, at, SECTOR_BYTES);
          }
        }
      }
      return torn;
    }

    private long size(FileNode.Frozen frozen, int lastPage) {
      List<Long> sizes = frozen.sizes();
      if (sizes.isEmpty() || percent == 0) {
        return frozen.size();
      }
      return switch (random.nextInt(4)) {
        case 0 -> frozen.size();
        case 1 -> frozen.seenSize();
        case 2 -> sizes.get(random.nextInt(sizes.size()));
        default ->
            Math.min(
                Math.max(frozen.size(), (lastPage + 1L) * FileNode.PAGE_BYTES), frozen.seenSize());
      };
    }

    /** Nothing may lie behind the size, or it would come back when the file grows. */
    private List<byte[]> cut(List<byte[]> pages, long size) {
      int count = (int) ((size + FileNode.PAGE_BYTES - 1) / FileNode.PAGE_BYTES);
      List<byte[]> left = new ArrayList<>(pages.subList(0, Math.min(count, pages.size())));
      int inLast = (int) (size % FileNode.PAGE_BYTES);
      byte[] last = inLast == 0 ? null : FileNode.page(left, count - 1);
      if (last != null) {
        byte[] cleared = last.clone();
        Arrays.fill(cleared, inLast, FileNode.PAGE_BYTES, (byte) 0);
        left.set(count - 1, cleared);
      }
      return left;
    }
  }
}
