package io.thermocline.cold.parquet;

import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.OffsetAndTimestamp;
import io.thermocline.model.OffsetRange;
import io.thermocline.model.ThermoclineException;
import java.util.Optional;

/**
 * Reads one data file. Thread-safe and free to make: it holds nothing but what it was given.
 *
 * <p>All methods, and those of its cursors, throw {@link ThermoclineException}: {@link
 * ErrorKind#CORRUPT} when stored bytes are not what was written, and what the source throws.
 */
public final class DataFileReader {
  private final RangeSource source;
  private final FileFooter footer;
  private final ReadSettings settings;
  private final SpareArrays arrays;

  /**
   * A reader of the file behind {@code source}.
   *
   * @param footer of this very file
   */
  public DataFileReader(RangeSource source, FileFooter footer, ReadSettings settings) {
    this(source, footer, settings, new SpareArrays(settings.batchBytes(), 0));
  }

  /**
   * The same, with arrays for the batches that others use too.
   *
   * @param arrays of the settings' batch size
   */
  public DataFileReader(
      RangeSource source, FileFooter footer, ReadSettings settings, SpareArrays arrays) {
    this.source = source;
    this.footer = footer;
    this.settings = settings;
    this.arrays = arrays;
  }

  /** Where the file lies, for messages. */
  String location() {
    return source.location();
  }

  /** What the file says of itself. */
  public FileFooter footer() {
    return footer;
  }

  /** A cursor before the first record at or after {@code from}. Nothing is read yet. */
  public DataFileCursor cursor(long from) {
    return new DataFileCursor(source, footer, settings, arrays, from);
  }

  /**
   * The smallest offset in {@code range} whose record has this timestamp or a later one. Reads only
   * pages of timestamps that can hold one.
   */
  public Optional<OffsetAndTimestamp> offsetForTimestamp(OffsetRange range, long timestampMillis) {
    try (FileReads reads = new FileReads(source, settings)) {
      return new TimestampSearch(footer, reads).first(range, timestampMillis);
    }
  }

  /**
   * The first record with the largest timestamp in {@code range}. Reads only pages of timestamps
   * that can hold it.
   */
  public Optional<OffsetAndTimestamp> maxTimestamp(OffsetRange range) {
    try (FileReads reads = new FileReads(source, settings)) {
      return new TimestampSearch(footer, reads).largest(range);
    }
  }

  /**
   * Reads the whole file and compares its records with the checksum in its footer.
   *
   * @return what its records come to
   * @throws ThermoclineException {@link ErrorKind#CORRUPT} when they are not the same
   */
  public ContentSums verify() {
    return ContentAudit.run(source, footer, settings);
  }
}
