package io.thermocline.cold.store;

import java.time.Instant;
import java.util.Objects;

/**
 * What a store knows about one object without reading it.
 *
 * @param key relative to the warehouse
 * @param size in bytes
 * @param modified when it was written, by the store's clock
 */
public record ObjectInfo(String key, long size, Instant modified) {
  public ObjectInfo {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(modified, "modified");
  }
}
