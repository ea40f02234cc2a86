package io.thermocline.cold.table;

import io.thermocline.cold.parquet.DataFileReader;
import io.thermocline.cold.parquet.FileFooter;
import io.thermocline.cold.parquet.RangeSource;
import io.thermocline.cold.parquet.ReadSettings;
import io.thermocline.cold.store.ObjectInfo;
import io.thermocline.cold.store.ObjectStore;
import io.thermocline.model.ColdFile;
import io.thermocline.model.ContentSums;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;

/**
 * Holds data files to what the table, their names and their footers say. What another writer laid
 * out has no checksum of its records: it is read by way of a copy in our layout, and counted.
 * Thread-safe.
 */
final class FileAudit {
  private final ObjectStore store;
  private final LocalCopies copies;

  /**
   * @param store past every cache
   * @param copies of what other writers laid out
   */
  FileAudit(ObjectStore store, LocalCopies copies) {
    this.store = store;
    this.copies = copies;
  }

  /** See {@link io.thermocline.model.ColdTier#audit}. */
  ContentSums audit(TopicId topic, ColdFile file, LongConsumer pace) {
    if (file instanceof ForeignPiece piece) {
      ObjectInfo unused = require(piece);
      pace.accept(piece.span().bytes());
      return read(piece);
    }
    if (!(file instanceof TableFile ours)) {
      throw new ThermoclineException(
          ErrorKind.INVALID, file.location() + " is not a file of this cold tier's tables");
    }
    ObjectInfo object = require(ours);
    RangeSource range =
        new PacedRange(
            new StoredRange(store, object.key(), file.location(), file.span().bytes()), pace);
    FileFooter footer = FileFooter.read(range, OptionalInt.of(ours.name().crc32c()));
    OpenFiles.requireSame(topic, ours, footer);
    return new DataFileReader(range, footer, ReadSettings.defaults()).verify();
  }

  private ObjectInfo require(LogFile file) {
    long bytes = file.storedBytes();
    Optional<ObjectInfo> object = store.keyOf(file.location()).flatMap(store::head);
    if (object.isEmpty()) {
      throw wrong("the file does not exist");
    }
    if (object.get().size() != bytes) {
      throw wrong("the file has %d bytes, the table says %d".formatted(object.get().size(), bytes));
    }
    return object.get();
  }

  private ContentSums read(ForeignPiece piece) {
    CopiedRange copy = new CopiedRange(copies, piece);
    FileFooter footer = FileFooter.read(copy, OptionalInt.empty());
    if (footer.rows() != piece.rows()) {
      throw wrong(
          "%s has %d records, there should be %d"
              .formatted(piece.id(), footer.rows(), piece.rows()));
    }
    return new DataFileReader(copy, footer, ReadSettings.defaults()).verify();
  }

  private static ThermoclineException wrong(String problem) {
    return new ThermoclineException(ErrorKind.CORRUPT, problem);
  }
}
