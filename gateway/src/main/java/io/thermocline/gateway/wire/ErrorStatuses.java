package io.thermocline.gateway.wire;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where failures become what the wire says. */
public final class ErrorStatuses {
  /** The domain of every {@link ErrorInfo} of ours. */
  public static final String DOMAIN = "thermocline.io";

  private static final Logger LOG = LoggerFactory.getLogger(ErrorStatuses.class);
  private static final Duration RETRY_DELAY = Duration.newBuilder().setSeconds(1).build();

  private ErrorStatuses() {}

  /**
   * Loads all that it takes to tell a failure, by telling one to nobody. The first one may come
   * because no more files can be opened, and then no jar can be read either.
   */
  public static void load() {
    ThermoclineException failure =
        new ThermoclineException(ErrorKind.EXHAUSTED, "Told to nobody")
            .with(Map.of("id", UUID.randomUUID().toString()))
            .with(List.of(new ThermoclineException.Violation("none", "is not wrong")));
    var unused = toException(new CompletionException(failure));
    var unusedBytes = toProto(failure).toByteString();
  }

  /** How a kind is told in gRPC's words. */
  public static Status.Code codeOf(ErrorKind kind) {
    // No default: a new kind must not compile until it is mapped.
    return switch (kind) {
      case INVALID -> Status.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
      case OUT_OF_RANGE -> Status.Code.OUT_OF_RANGE;
      case FAILED_PRECONDITION, PRIOR_BATCH_REFUSED, FENCED, OUT_OF_SEQUENCE ->
          Status.Code.FAILED_PRECONDITION;
      case CONFLICT -> Status.Code.ABORTED;
      case UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
      case TRANSIENT -> Status.Code.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
      case EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
      // Never UNAVAILABLE: clients that retry by themselves would write twice.
      case OUTCOME_UNKNOWN -> Status.Code.UNKNOWN;
      case CORRUPT -> Status.Code.DATA_LOSS;
      // Not UNAVAILABLE either: only a restart helps, so repeating it is of no use.
      case LOG_FAILED -> Status.Code.FAILED_PRECONDITION;
      case INTERNAL -> Status.Code.INTERNAL;
    };
  }

  /**
   * The failure as it is told in-band. Logs it when it is a defect, once, under the id it tells.
   */
  public static com.google.rpc.Status toProto(Throwable failure) {
    ThermoclineException known = known(failure);
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(codeOf(known.kind()).value())
            .setMessage(Objects.requireNonNullElse(known.getMessage(), known.kind().name()))
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(known.kind().name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(known.details())
                        .build()));
    if (!known.violations().isEmpty()) {
      BadRequest.Builder bad = BadRequest.newBuilder();
      known
          .violations()
          .forEach(
              violation ->
                  bad.addFieldViolationsBuilder()
                      .setField(violation.field())
                      .setDescription(violation.description()));
      status.addDetails(Any.pack(bad.build()));
    }
    if (known.kind() == ErrorKind.TRANSIENT || known.kind() == ErrorKind.EXHAUSTED) {
      status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(RETRY_DELAY).build()));
    }
    return status.build();
  }

  /** What kind of failure it is told as. */
  public static ErrorKind kindOf(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof ThermoclineException known) {
      return known.kind();
    }
    if (cause instanceof RejectedExecutionException) {
      return ErrorKind.EXHAUSTED;
    }
    return cause instanceof CancellationException ? ErrorKind.TRANSIENT : ErrorKind.INTERNAL;
  }

  /** The failure as it ends a call. */
  public static StatusRuntimeException toException(Throwable failure) {
    return StatusProto.toStatusRuntimeException(toProto(failure));
  }

  /** The failure itself, without what futures wrap around it. */
  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static ThermoclineException known(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof ThermoclineException known) {
      if (known.kind() == ErrorKind.INTERNAL) {
        return defect(known);
      }
      return known;
    }
    if (cause instanceof CancellationException) {
      return new ThermoclineException(
          ErrorKind.TRANSIENT, "The work was given up before it was done", cause);
    }
    if (cause instanceof RejectedExecutionException) {
      return new ThermoclineException(
          ErrorKind.EXHAUSTED, "Too much of this kind is waiting: try again later", cause);
    }
    return defect(cause);
  }

  private static ThermoclineException defect(Throwable cause) {
    String id = UUID.randomUUID().toString();
    LOG.error("Unexpected failure id={}", id, cause);
    return new ThermoclineException(
            ErrorKind.INTERNAL,
            "Something went wrong inside the server; its log tells more under id " + id)
        .with(Map.of("id", id));
  }
}
