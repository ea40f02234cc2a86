package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.List;

/** One stored file, read by ranges. Thread-safe. */
public interface RangeSource {
  /** Where it lies, for messages. */
  String location();

  /** Its size in bytes, as it is known before anything is read. */
  long length();

  /**
   * Reads exactly {@code length} bytes at {@code position} into {@code target}.
   *
   * @throws ThermoclineException {@link ErrorKind#TRANSIENT} while the file can't be reached,
   *     {@link ErrorKind#CORRUPT} when it is not there or has not that many bytes
   */
  void readFully(long position, byte[] target, int offset, int length);

  /**
   * Reads {@code length} bytes at {@code position} into arrays that are filled one after the other,
   * with one request where the source has requests.
   *
   * @param targets the last one may be larger than what is left for it
   */
  default void readBlocks(long position, byte[][] targets, int length) {
    int read = 0;
    for (byte[] target : targets) {
      int count = Math.min(target.length, length - read);
      readFully(position + read, target, 0, count);
      read += count;
    }
  }

  /**
   * Reads all of these, as {@link #readFully} reads each. A source that fetches from afar asks for
   * them side by side, in few requests.
   *
   * @param leads whether these bytes tell what else has to be read before there is a record
   */
  default void readAll(List<RangeRead> reads, boolean leads) {
    for (RangeRead read : reads) {
      readFully(read.position(), read.target(), read.offset(), read.length());
    }
  }

  /**
   * Says that {@code position} was reached by reading on, and that what follows up to {@code end}
   * will be wanted in that order. Never waits, never fails.
   */
  default void readOn(long position, long end) {}
}
