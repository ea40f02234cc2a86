package io.thermocline.testkit;

import java.time.Duration;

/** What may go wrong with a call to the {@link S3Server}. */
public sealed interface S3Fault {

  /**
   * An error answer; nothing is done.
   *
   * @param status of HTTP
   * @param code S3's name for it
   */
  record Refused(int status, String code) implements S3Fault {}

  /** The call is carried out, and answered with 500. */
  record ReplyLost() implements S3Fault {}

  /**
   * The connection breaks inside an object's body.
   *
   * @param afterBytes how much of the body goes out
   */
  record Truncated(long afterBytes) implements S3Fault {}

  /**
   * One bit of an object's body is wrong; its length and ETag are right.
   *
   * @param atByte which byte of what is sent, modulo its length
   */
  record Corrupted(long atByte) implements S3Fault {}

  /** No answer until the faults are cleared, then the right one. */
  record Hung() implements S3Fault {}

  /**
   * An answer that comes late.
   *
   * @param by how much
   */
  record Late(Duration by) implements S3Fault {}

  /** 503, which clients are expected to repeat slowly. */
  static S3Fault slowDown() {
    return new Refused(503, "SlowDown");
  }

  /** 500. */
  static S3Fault internalError() {
    return new Refused(500, "InternalError");
  }

  /** 403. */
  static S3Fault accessDenied() {
    return new Refused(403, "AccessDenied");
  }
}
