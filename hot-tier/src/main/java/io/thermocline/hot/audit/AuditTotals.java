package io.thermocline.hot.audit;

/**
 * How much an audit looked at.
 *
 * @param segments segment files read, whole
 * @param batches found in them
 * @param records that intact batches hold
 * @param bytes of the segment files
 */
public record AuditTotals(long segments, long batches, long records, long bytes) {
  /** Nothing. */
  public static final AuditTotals NONE = new AuditTotals(0, 0, 0, 0);

  /** These and those. */
  public AuditTotals plus(AuditTotals more) {
    return new AuditTotals(
        segments + more.segments,
        batches + more.batches,
        records + more.records,
        bytes + more.bytes);
  }
}
