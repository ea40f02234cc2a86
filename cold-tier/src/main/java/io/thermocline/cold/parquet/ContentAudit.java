package io.thermocline.cold.parquet;

import io.thermocline.codec.RecordSums;
import io.thermocline.model.ContentSums;

/** Compares a file's records with the checksum in its footer, and sums them up. */
final class ContentAudit {
  private ContentAudit() {}

  static ContentSums run(RangeSource source, FileFooter footer, ReadSettings settings) {
    ContentChecksum checksum = new ContentChecksum();
    RecordSums sums = new RecordSums(footer.partition(), footer.range());
    long rows = 0;
    try (RowReader reader = new RowReader(source, footer, settings)) {
      reader.checksumInto(checksum);
      reader.sumInto(sums);
      while (reader.next()) {
        rows++;
      }
    }
    if (rows != footer.rows() || checksum.value() != footer.contentCrc32c()) {
      throw Damage.of(
          source.location(),
          "its %d records have the checksum %08x, it should be %d with %08x"
              .formatted(rows, checksum.value(), footer.rows(), footer.contentCrc32c()));
    }
    return sums.sums();
  }
}
