package io.thermocline.cold.store;

import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** What a failing file system means to the caller. */
public final class LocalFailures {
  private LocalFailures() {}

  /** Makes a scratch file. */
  @FunctionalInterface
  interface Preparation {
    Path run() throws IOException;
  }

  /** A failure before the object was named, or of something that only reads. */
  static ThermoclineException withoutEffect(String operation, String location, IOException e) {
    return failure(kind(e), operation, location, e);
  }

  /** A failure while or after the object was named, or removed. */
  static ThermoclineException afterNaming(String operation, String location, IOException e) {
    ErrorKind kind = kind(e);
    boolean refused = kind == ErrorKind.FAILED_PRECONDITION || kind == ErrorKind.EXHAUSTED;
    return failure(refused ? kind : ErrorKind.OUTCOME_UNKNOWN, operation, location, e);
  }

  /** A failure with a file that this process makes for itself and can make again. */
  public static ThermoclineException ofScratch(String operation, Path file, IOException e) {
    ErrorKind kind = kind(e);
    // Its directory is gone: nothing that anybody asked for.
    return failure(
        kind == ErrorKind.NOT_FOUND ? ErrorKind.FAILED_PRECONDITION : kind,
        operation,
        file.toString(),
        e);
  }

  private static ThermoclineException failure(
      ErrorKind kind, String operation, String location, IOException e) {
    return new ThermoclineException(
        kind, "%s of %s failed: %s".formatted(operation, location, reason(e)), e);
  }

  private static ErrorKind kind(IOException e) {
    if (e instanceof NoSuchFileException) {
      return ErrorKind.NOT_FOUND;
    }
    String reason = reason(e).toLowerCase(Locale.ROOT);
    if (e instanceof AccessDeniedException
        || e instanceof NotDirectoryException
        || reason.contains("read-only")
        || reason.contains("not permitted")
        || reason.contains("not a directory")
        || reason.contains("is a directory")
        || reason.contains("name too long")) {
      return ErrorKind.FAILED_PRECONDITION;
    }
    boolean full =
        reason.contains("no space left")
            || reason.contains("quota exceeded")
            || reason.contains("too many open files");
    return full ? ErrorKind.EXHAUSTED : ErrorKind.TRANSIENT;
  }

  /** The system's words; the classes of many failures say more than their messages. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file: " + e.getMessage();
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied: " + e.getMessage();
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason == null ? e.toString() : reason;
  }
}
