/**
 * Data files and delete files that other writers laid out: which offsets they hold, and their rows
 * in offset order. Slow and bounded; what is ours is read by {@code io.thermocline.cold.parquet}.
 */
package io.thermocline.cold.foreign;
