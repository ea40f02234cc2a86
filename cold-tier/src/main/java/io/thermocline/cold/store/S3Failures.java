package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * What an S3 answer, or the lack of one, means to the caller: one table for both client libraries.
 *
 * <p>A write that got no answer, or one that a proxy may have made up after the store had acted,
 * may have had its effect. A refusal by the store itself had none.
 */
final class S3Failures {
  /** Damage on the way, or a body that did not arrive: refused by the store, worth another try. */
  private static final Set<String> DAMAGED_ON_THE_WAY =
      Set.of(
          "BadDigest",
          "IncompleteBody",
          "InvalidDigest",
          "XAmzContentSHA256Mismatch",
          "XAmzContentChecksumMismatch",
          "InvalidChecksum");

  private static final Set<String> CREDENTIALS =
      Set.of(
          "AccessDenied",
          "ExpiredToken",
          "InvalidAccessKeyId",
          "InvalidToken",
          "SignatureDoesNotMatch",
          "TokenRefreshRequired");

  private S3Failures() {}

  /**
   * An answer that is not a success.
   *
   * @param what the operation with its location
   * @param write whether it may change the store
   */
  static ThermoclineException answered(
      String what, boolean write, int status, String code, String message, Throwable cause) {
    String words = "%s: the store answered %d %s%s".formatted(what, status, code, detail(message));
    ErrorKind kind = kind(status, code, write);
    if (kind == ErrorKind.FAILED_PRECONDITION) {
      words += advice(code);
    }
    return new ThermoclineException(kind, words, cause);
  }

  /** No answer, or none that could be read to its end. */
  static ThermoclineException unanswered(String what, boolean write, Throwable cause) {
    ErrorKind kind =
        write && !beforeConnecting(cause) ? ErrorKind.OUTCOME_UNKNOWN : ErrorKind.TRANSIENT;
    return new ThermoclineException(kind, what + ": " + words(cause), cause);
  }

  /** Nobody gave credentials. */
  static ThermoclineException noCredentials(String what, Throwable cause) {
    return new ThermoclineException(
        ErrorKind.FAILED_PRECONDITION,
        what
            + ": there are no credentials. Set an access key and a secret key, or give them in the"
            + " environment",
        cause);
  }

  /** Compares what the store says that it keeps with what was sent; many stores say nothing. */
  static void checkStored(String what, Payload payload, Optional<String> storedCrc32c) {
    if (storedCrc32c.isPresent() && !storedCrc32c.get().equals(payload.crc32c())) {
      throw new ThermoclineException(
          ErrorKind.CORRUPT,
          "%s: the store keeps bytes with CRC32C %s, sent were bytes with %s"
              .formatted(what, storedCrc32c.get(), payload.crc32c()));
    }
  }

  private static ErrorKind kind(int status, String code, boolean write) {
    if (code.equals("NoSuchBucket")) {
      return ErrorKind.FAILED_PRECONDITION;
    }
    if (DAMAGED_ON_THE_WAY.contains(code)) {
      return ErrorKind.TRANSIENT;
    }
    return switch (status) {
      case 404 -> ErrorKind.NOT_FOUND;
      case 405, 501 -> ErrorKind.UNSUPPORTED;
      case 409, 429, 503 -> ErrorKind.TRANSIENT;
      case 507 -> ErrorKind.EXHAUSTED;
      case 400 -> code.equals("RequestTimeout") ? lost(write) : ErrorKind.FAILED_PRECONDITION;
      case 408 -> lost(write);
      default -> status >= 300 && status < 500 ? ErrorKind.FAILED_PRECONDITION : lost(write);
    };
  }

  private static ErrorKind lost(boolean write) {
    return write ? ErrorKind.OUTCOME_UNKNOWN : ErrorKind.TRANSIENT;
  }

  private static String advice(String code) {
    if (code.equals("NoSuchBucket")) {
      return ". Create the bucket, or mend the warehouse setting";
    }
    if (code.equals("RequestTimeTooSkewed")) {
      return ". Set this machine's clock";
    }
    return CREDENTIALS.contains(code)
        ? ". Check the access key, the secret key and what they may do in this bucket"
        : ". Check the endpoint, the region and the bucket";
  }

  private static String detail(String message) {
    return message == null || message.isBlank() ? "" : " (" + message.strip() + ")";
  }

  /** Whether the request can't have left this machine. */
  private static boolean beforeConnecting(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ConnectException
          || t instanceof UnknownHostException
          || t instanceof NoRouteToHostException
          || t instanceof SSLHandshakeException
          || t instanceof SSLPeerUnverifiedException
          || (t instanceof SocketTimeoutException && isAboutConnecting(t))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAboutConnecting(Throwable timeout) {
    String words = timeout.getClass().getSimpleName() + " " + timeout.getMessage();
    return words.toLowerCase(Locale.ROOT).contains("connect");
  }

  /** The innermost reason says most: the outer ones repeat the request, with its headers. */
  private static String words(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage();
    String name = innermost.getClass().getSimpleName();
    return message == null ? name : name + ": " + message;
  }
}
