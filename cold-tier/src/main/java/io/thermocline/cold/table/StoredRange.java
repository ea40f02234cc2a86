package io.thermocline.cold.table;

import io.thermocline.cold.parquet.RangeSource;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.ByteBuffer;

/**
 * A data file in the object store, read by ranges.
 *
 * @param key in the store
 * @param location where it lies, for messages
 * @param length its size by the manifest
 */
record StoredRange(ObjectStore store, String key, String location, long length)
    implements RangeSource {

  @Override
  public void readFully(long position, byte[] target, int offset, int count) {
    read(position, ByteBuffer.wrap(target, offset, count));
  }

  @Override
  public void readBlocks(long position, byte[][] targets, int count) {
    ByteBuffer[] into = new ByteBuffer[targets.length];
    int left = count;
    for (int i = 0; i < targets.length; i++) {
      into[i] = ByteBuffer.wrap(targets[i], 0, Math.min(left, targets[i].length));
      left -= into[i].remaining();
    }
    read(position, into);
  }

  private void read(long position, ByteBuffer... into) {
    try {
      store.readFully(key, position, into);
    } catch (ThermoclineException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "Data file %s is in the table, but not in the store".formatted(location),
          e);
    }
  }
}
