/**
 * Data files: Parquet written from, and read back into, wire batches.
 *
 * <p>{@link io.thermocline.cold.parquet.DataFileWriter} makes a local {@link
 * io.thermocline.cold.parquet.WrittenFile}. To read, a {@link
 * io.thermocline.cold.parquet.FileFooter} is read once through a {@link
 * io.thermocline.cold.parquet.RangeSource} and kept; {@link
 * io.thermocline.cold.parquet.DataFileReader} puts the two together and hands out {@link
 * io.thermocline.cold.parquet.DataFileCursor}s, which go on where they stopped. {@link
 * io.thermocline.cold.parquet.LogSchema} holds the columns. The file is drawn in {@code
 * docs/formats.md}.
 */
package io.thermocline.cold.parquet;
