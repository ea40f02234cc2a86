package io.thermocline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.thermocline.model.ErrorKind;
import java.util.Optional;
import org.junit.jupiter.api.function.Executable;

/** What a server answers to what it refuses. */
final class Refused {
  private Refused() {}

  /** What a call that must fail says. */
  static com.google.rpc.Status refused(ErrorKind kind, Executable call) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, call::execute);
    assertThat(failure).as("nothing was refused").isNotNull();
    return check(kind, StatusProto.fromThrowable(failure));
  }

  /** That an error is of this kind, in both ways it is told. */
  static com.google.rpc.Status check(ErrorKind kind, com.google.rpc.Status status) {
    assertThat(detail(status, ErrorInfo.class).map(ErrorInfo::getReason))
        .as(status.toString())
        .contains(kind.name());
    int code =
        switch (kind) {
          case INVALID -> com.google.rpc.Code.INVALID_ARGUMENT_VALUE;
          case NOT_FOUND -> com.google.rpc.Code.NOT_FOUND_VALUE;
          case OUT_OF_RANGE -> com.google.rpc.Code.OUT_OF_RANGE_VALUE;
          case FAILED_PRECONDITION -> com.google.rpc.Code.FAILED_PRECONDITION_VALUE;
          case TRANSIENT -> com.google.rpc.Code.UNAVAILABLE_VALUE;
          case CORRUPT -> com.google.rpc.Code.DATA_LOSS_VALUE;
          default -> throw new AssertionError("No case expects " + kind);
        };
    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getMessage()).isNotBlank();
    return status;
  }

  /** A detail of an error. */
  static <T extends com.google.protobuf.Message> Optional<T> detail(
      com.google.rpc.Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return Optional.of(any.unpack(type));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          throw new AssertionError("A detail that can't be read", e);
        }
      }
    }
    return Optional.empty();
  }
}
