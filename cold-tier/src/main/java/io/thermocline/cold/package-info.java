/**
 * The cold tier's public face: {@link io.thermocline.cold.IcebergColdTier} opens it, {@link
 * io.thermocline.cold.ColdSettings} says what it is made of.
 *
 * <p>Behind it, {@code store} holds objects, {@code parquet} makes and reads data files, and {@code
 * table} puts them into Iceberg tables.
 */
package io.thermocline.cold;
