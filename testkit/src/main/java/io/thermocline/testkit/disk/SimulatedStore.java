package io.thermocline.testkit.disk;

import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;

/** Says how much room there is. */
final class SimulatedStore extends FileStore {
  private final SimulatedDisk disk;

  SimulatedStore(SimulatedDisk disk) {
    this.disk = disk;
  }

  @Override
  public String name() {
    return "simulated";
  }

  @Override
  public String type() {
    return "simulated";
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public long getTotalSpace() {
    return Long.MAX_VALUE;
  }

  @Override
  public long getUsableSpace() {
    return disk.usableBytes();
  }

  @Override
  public long getUnallocatedSpace() {
    return disk.usableBytes();
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
    return SimulatedAttributes.isView(type);
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    return disk.supportedFileAttributeViews().contains(name);
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
    return null;
  }

  @Override
  public Object getAttribute(String attribute) {
    throw new UnsupportedOperationException("Attribute of a simulated disk: " + attribute);
  }
}
