package io.thermocline.gateway.audit;

/**
 * What an audit has looked at so far.
 *
 * @param topics that were begun
 * @param partitions of them
 * @param batches read from local disk
 * @param hotRecords in them
 * @param hotBytes their payloads' bytes
 * @param tables that were found
 * @param files of them that were read
 * @param coldRecords in them
 * @param coldBytes of them
 */
public record AuditTotals(
    long topics,
    long partitions,
    long batches,
    long hotRecords,
    long hotBytes,
    long tables,
    long files,
    long coldRecords,
    long coldBytes) {
  /** Nothing yet. */
  public static final AuditTotals NONE = new AuditTotals(0, 0, 0, 0, 0, 0, 0, 0, 0);

  AuditTotals plusTopic(int itsPartitions) {
    return new AuditTotals(
        topics + 1,
        partitions + itsPartitions,
        batches,
        hotRecords,
        hotBytes,
        tables,
        files,
        coldRecords,
        coldBytes);
  }

  AuditTotals plusBatch(long records, long bytes) {
    return new AuditTotals(
        topics,
        partitions,
        batches + 1,
        hotRecords + records,
        hotBytes + bytes,
        tables,
        files,
        coldRecords,
        coldBytes);
  }

  AuditTotals plusTable() {
    return new AuditTotals(
        topics,
        partitions,
        batches,
        hotRecords,
        hotBytes,
        tables + 1,
        files,
        coldRecords,
        coldBytes);
  }

  AuditTotals plusFile(long records, long bytes) {
    return new AuditTotals(
        topics,
        partitions,
        batches,
        hotRecords,
        hotBytes,
        tables,
        files + 1,
        coldRecords + records,
        coldBytes + bytes);
  }
}
