package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.model.ErrorKind;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a refusal has to say: the code, and the kind as its reason. */
final class Refusals {
  private Refusals() {}

  /** Asserts that a call ends with this kind, and gives the whole status. */
  static com.google.rpc.Status refused(ErrorKind kind, ThrowingCallable call) {
    StatusRuntimeException failure =
        Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(failure).as("nothing was refused").isNotNull();
    return check(kind, StatusProto.fromThrowable(failure));
  }

  /** Asserts that a stream ended with this kind. */
  static com.google.rpc.Status ended(ErrorKind kind, Status end) {
    assertThat(end.getCause()).as("ended %s", end).isNotNull();
    return check(kind, StatusProto.fromThrowable(end.getCause()));
  }

  /** Asserts that an in-band status is of this kind. */
  static com.google.rpc.Status check(ErrorKind kind, com.google.rpc.Status status) {
    assertThat(ErrorStatusesTest.detail(status, ErrorInfo.class).orElseThrow().getReason())
        .as(status.getMessage())
        .isEqualTo(kind.name());
    assertThat(status.getCode()).isEqualTo(ErrorStatuses.codeOf(kind).value());
    return status;
  }

  static List<String> fields(com.google.rpc.Status status) {
    return ErrorStatusesTest.detail(status, BadRequest.class)
        .map(BadRequest::getFieldViolationsList)
        .orElse(List.of())
        .stream()
        .map(BadRequest.FieldViolation::getField)
        .toList();
  }
}
