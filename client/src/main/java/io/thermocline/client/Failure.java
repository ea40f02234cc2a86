package io.thermocline.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException.Violation;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What went wrong, read from a status of ours or of gRPC's own.
 *
 * @param retryAfter null when the server named no time
 * @param cause null when there is none
 */
record Failure(
    ErrorKind kind,
    String message,
    Map<String, String> details,
    List<Violation> violations,
    Duration retryAfter,
    Throwable cause) {

  private static final Set<ErrorKind> RETRIABLE =
      EnumSet.of(
          ErrorKind.TRANSIENT,
          ErrorKind.EXHAUSTED,
          ErrorKind.DEADLINE_EXCEEDED,
          ErrorKind.PRIOR_BATCH_REFUSED);

  static Failure of(ErrorKind kind, String message) {
    return new Failure(kind, message, Map.of(), List.of(), null, null);
  }

  /** An error inside an answer. */
  static Failure of(com.google.rpc.Status status) {
    return parse(status, null);
  }

  /** How a stream ended. */
  static Failure of(Status status, Metadata trailers) {
    return of(status.asRuntimeException(trailers == null ? new Metadata() : trailers));
  }

  /** How a call failed. */
  static Failure of(Throwable thrown) {
    if (neverConnected(thrown)) {
      return new Failure(
          ErrorKind.TRANSIENT,
          "Can't connect: " + rootMessage(thrown),
          Map.of(),
          List.of(),
          null,
          thrown);
    }
    com.google.rpc.Status status = StatusProto.fromThrowable(thrown);
    if (status == null) {
      return new Failure(
          ErrorKind.INTERNAL, String.valueOf(thrown), Map.of(), List.of(), null, thrown);
    }
    return parse(status, thrown);
  }

  /** The exception for a read. */
  ReadFailedException read() {
    return new ReadFailedException(this);
  }

  /**
   * The exception for a write that was answered, or ended, with this. Only an answer of the server
   * itself, or a connection that never was, proves that nothing happened.
   */
  ClientException write() {
    return isNotApplied() ? new NotAppliedException(this) : new OutcomeUnknownException(this);
  }

  /** Whether it proves that a write had no effect. A defect of the server proves nothing. */
  boolean isNotApplied() {
    if (kind == ErrorKind.OUTCOME_UNKNOWN || kind == ErrorKind.INTERNAL) {
      return false;
    }
    return cause == null || neverConnected(cause) || answered(cause) || refusedBeforeActing(cause);
  }

  boolean retriable() {
    return RETRIABLE.contains(kind);
  }

  /**
   * Where an append that demanded another offset would have gone; -1 when that is not said. All
   * before it is durable.
   */
  long nextOffset() {
    return Long.parseLong(details.getOrDefault("next_offset", "-1"));
  }

  Failure withMessage(String other) {
    return new Failure(kind, other, details, violations, retryAfter, cause);
  }

  private static Failure parse(com.google.rpc.Status status, Throwable cause) {
    ErrorKind kind = kindOf(Status.fromCodeValue(status.getCode()).getCode());
    Map<String, String> details = Map.of();
    List<Violation> violations = List.of();
    Duration retryAfter = null;
    for (Any detail : status.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)) {
          ErrorInfo info = detail.unpack(ErrorInfo.class);
          kind = kindOf(info.getReason(), kind);
          details = Map.copyOf(info.getMetadataMap());
        } else if (detail.is(BadRequest.class)) {
          violations =
              detail.unpack(BadRequest.class).getFieldViolationsList().stream()
                  .map(v -> new Violation(v.getField(), v.getDescription()))
                  .toList();
        } else if (detail.is(RetryInfo.class)) {
          com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
        }
      } catch (InvalidProtocolBufferException e) {
        return new Failure(
            ErrorKind.INTERNAL,
            status.getMessage() + " (its details can't be read: " + e.getMessage() + ")",
            Map.of(),
            List.of(),
            null,
            cause);
      }
    }
    String message =
        status.getMessage().isEmpty()
            ? Status.fromCodeValue(status.getCode()).getCode().name()
            : status.getMessage();
    return new Failure(kind, message, details, violations, retryAfter, cause);
  }

  private static ErrorKind kindOf(String reason, ErrorKind otherwise) {
    for (ErrorKind kind : ErrorKind.values()) {
      if (kind.name().equals(reason)) {
        return kind;
      }
    }
    return otherwise;
  }

  /** For statuses that carry no reason of ours: gRPC's own, or a proxy's. */
  private static ErrorKind kindOf(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT -> ErrorKind.INVALID;
      case NOT_FOUND -> ErrorKind.NOT_FOUND;
      case ALREADY_EXISTS -> ErrorKind.ALREADY_EXISTS;
      case OUT_OF_RANGE -> ErrorKind.OUT_OF_RANGE;
      case FAILED_PRECONDITION, UNAUTHENTICATED, PERMISSION_DENIED -> ErrorKind.FAILED_PRECONDITION;
      case ABORTED -> ErrorKind.CONFLICT;
      case UNIMPLEMENTED -> ErrorKind.UNSUPPORTED;
      case OK, CANCELLED, UNAVAILABLE -> ErrorKind.TRANSIENT;
      case DEADLINE_EXCEEDED -> ErrorKind.DEADLINE_EXCEEDED;
      case RESOURCE_EXHAUSTED -> ErrorKind.EXHAUSTED;
      case DATA_LOSS -> ErrorKind.CORRUPT;
      case UNKNOWN, INTERNAL -> ErrorKind.INTERNAL;
    };
  }

  private static boolean answered(Throwable thrown) {
    com.google.rpc.Status status = StatusProto.fromThrowable(thrown);
    return status != null
        && status.getDetailsList().stream().anyMatch(detail -> detail.is(ErrorInfo.class));
  }

  /** Codes that gRPC itself gives only for a request no handler has seen. */
  private static boolean refusedBeforeActing(Throwable thrown) {
    Status.Code code = codeOf(thrown);
    return code == Status.Code.UNIMPLEMENTED
        || code == Status.Code.UNAUTHENTICATED
        || code == Status.Code.PERMISSION_DENIED;
  }

  private static Status.Code codeOf(Throwable thrown) {
    if (thrown instanceof StatusRuntimeException runtime) {
      return runtime.getStatus().getCode();
    }
    return thrown instanceof StatusException checked
        ? checked.getStatus().getCode()
        : Status.Code.UNKNOWN;
  }

  private static boolean neverConnected(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && !(root instanceof ConnectException)) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
