package io.thermocline.cold.parquet;

/** Compares a file's records with the checksum in its footer. */
final class ContentAudit {
  private ContentAudit() {}

  static void run(RangeSource source, FileFooter footer, ReadSettings settings) {
    ContentChecksum checksum = new ContentChecksum();
    long rows = 0;
    try (RowReader reader = new RowReader(source, footer, settings)) {
      reader.checksumInto(checksum);
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
  }
}
