/**
 * Topics as Iceberg tables: how files get in, exactly once, and how offsets are found.
 *
 * <p>Start with {@link io.thermocline.cold.table.TableTier}. A write goes through {@code
 * DataFileUpload} to a {@code TableCommitter}, which makes {@code CommitAttempt}s over {@code
 * PinnedOperations}. A read asks a {@code TopicTable} for its {@code TableView}, which {@code
 * PartitionJudge} derives from manifests and {@code TableProgress}, and goes to the {@code
 * ColdReader}. The table's format is drawn in {@code docs/formats.md}.
 */
package io.thermocline.cold.table;
