package io.thermocline.client.admin;

import io.thermocline.model.OffsetRange;
import java.util.List;

/**
 * A topic with what lies where.
 *
 * @param topic the topic
 * @param partitions in order of their numbers
 * @param table the Iceberg table's name with its namespace; empty when there is none yet
 * @param tableLocation where the table lies, as a URI; empty when there is none yet
 * @param coldAvailable false when the cold tier could not be asked: then cold numbers are those
 *     known locally
 */
public record TopicDescription(
    TopicSummary topic,
    List<Partition> partitions,
    String table,
    String tableLocation,
    boolean coldAvailable) {

  /**
   * One partition in both tiers.
   *
   * @param partition its number
   * @param logStart first readable offset
   * @param hotStart first offset that is still on the server's disk
   * @param tieredTo one past the last offset in the cold tier
   * @param end one past the last durable record
   * @param hotBytes size on the server's disk
   * @param hotSegments files on the server's disk
   * @param coldBytes size in the cold tier
   * @param coldFiles files in the cold tier
   * @param files the cold tier's files in offset order, when they were asked for
   * @param lost offsets whose stored bytes were damaged
   * @param fence the token that appends need at least; 0 when they need none
   */
  public record Partition(
      int partition,
      long logStart,
      long hotStart,
      long tieredTo,
      long end,
      long hotBytes,
      int hotSegments,
      long coldBytes,
      int coldFiles,
      List<ColdFile> files,
      List<OffsetRange> lost,
      long fence) {}

  /**
   * One Parquet file.
   *
   * @param range its offsets
   * @param rows its rows
   * @param bytes its size
   * @param location where it lies, as a URI
   */
  public record ColdFile(OffsetRange range, long rows, long bytes, String location) {}
}
