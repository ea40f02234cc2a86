package io.thermocline.client.wire;

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
import io.thermocline.client.failure.Failure;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException.Violation;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Reads what went wrong from a status, of ours or of gRPC's own. The only place that does. */
public final class GrpcFailures {
  private GrpcFailures() {}

  /** An error inside an answer. */
  public static Failure of(com.google.rpc.Status status) {
    return parse(status, null);
  }

  /** How a stream ended. */
  public static Failure of(Status status, Metadata trailersOrNull) {
    return of(status.asRuntimeException(trailersOrNull == null ? new Metadata() : trailersOrNull));
  }

  /** How a call failed. */
  public static Failure of(Throwable thrown) {
    if (neverConnected(thrown)) {
      return new Failure(
          ErrorKind.TRANSIENT,
          "Can't connect: " + rootMessage(thrown),
          Map.of(),
          List.of(),
          null,
          thrown,
          true);
    }
    com.google.rpc.Status status = StatusProto.fromThrowable(thrown);
    if (status == null) {
      return Failure.of(ErrorKind.INTERNAL, String.valueOf(thrown), thrown);
    }
    return parse(status, thrown);
  }

  private static Failure parse(com.google.rpc.Status status, Throwable causeOrNull) {
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
        return Failure.of(
            ErrorKind.INTERNAL,
            status.getMessage() + " (its details can't be read: " + e.getMessage() + ")",
            causeOrNull);
      }
    }
    String message =
        status.getMessage().isEmpty()
            ? Status.fromCodeValue(status.getCode()).getCode().name()
            : status.getMessage();
    boolean conclusive =
        causeOrNull == null || answered(causeOrNull) || refusedBeforeActing(causeOrNull);
    return new Failure(kind, message, details, violations, retryAfter, causeOrNull, conclusive);
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
