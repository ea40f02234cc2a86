/**
 * Where cold data lie: a directory, or S3-compatible storage.
 *
 * <p>{@link io.thermocline.cold.store.ObjectStore} is the port and its contract; {@link
 * io.thermocline.cold.store.ObjectStores} opens one. {@link io.thermocline.cold.store.StoreFileIO}
 * lets Iceberg use it, and {@link io.thermocline.cold.store.WarehouseOwner} says which cluster may
 * write to it.
 */
package io.thermocline.cold.store;
