package io.thermocline.model;

/**
 * What went wrong, named by what the caller does next. Except for {@link #OUTCOME_UNKNOWN} and
 * {@link #INTERNAL}, a write that ends with one of these had no effect.
 */
public enum ErrorKind {
  /** Can never succeed as sent: mend the request. */
  INVALID,
  /** No such topic, partition or group: create it, or mend the name. */
  NOT_FOUND,
  /** The name is taken. */
  ALREADY_EXISTS,
  /** The offset is outside the readable range, which the message names: seek. */
  OUT_OF_RANGE,
  /** State stands in the way: change it, then call again. */
  FAILED_PRECONDITION,
  /** State moved under the call: refresh, then decide. */
  CONFLICT,
  /**
   * An earlier batch of the partition was refused on this stream: send from there again, with the
   * restart mark.
   */
  PRIOR_BATCH_REFUSED,
  /**
   * A newer writer took over: its fence token or producer epoch is higher. Stop writing; who should
   * go on takes a new one first.
   */
  FENCED,
  /**
   * Batches of this producer before this one are missing, or come after it: send from there again,
   * or begin a new epoch.
   */
  OUT_OF_SEQUENCE,
  /** This implementation can't do that. */
  UNSUPPORTED,
  /** Not applied; the same call may succeed later. */
  TRANSIENT,
  /** The caller's deadline passed before anything was applied. */
  DEADLINE_EXCEEDED,
  /** A quota, a disk or a queue is full: make room, or slow down. Not applied. */
  EXHAUSTED,
  /** May have been applied: look before repeating. */
  OUTCOME_UNKNOWN,
  /** Stored bytes are wrong; the message names the offsets. */
  CORRUPT,
  /** The log failed and takes no more writes until the server is restarted. */
  LOG_FAILED,
  /** A defect in Thermocline: it proves nothing of a write. */
  INTERNAL
}
