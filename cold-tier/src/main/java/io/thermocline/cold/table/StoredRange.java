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
    try {
      store.readFully(key, position, ByteBuffer.wrap(target, offset, count));
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
