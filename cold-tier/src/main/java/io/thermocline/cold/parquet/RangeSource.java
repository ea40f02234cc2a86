package io.thermocline.cold.parquet;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;

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
}
