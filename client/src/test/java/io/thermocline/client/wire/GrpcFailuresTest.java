package io.thermocline.client.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException.Violation;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcFailuresTest {

  @Test
  void readsEverythingTheServerSays() {
    com.google.rpc.Status status =
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.OUT_OF_RANGE.value())
            .setMessage("no")
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason("OUT_OF_RANGE")
                        .putMetadata("end", "9")
                        .build()))
            .addDetails(
                Any.pack(
                    BadRequest.newBuilder()
                        .addFieldViolations(
                            BadRequest.FieldViolation.newBuilder()
                                .setField("offset")
                                .setDescription("too large"))
                        .build()))
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(2))
                        .build()))
            .build();
    Failure failure = GrpcFailures.of(StatusProto.toStatusRuntimeException(status));
    assertThat(failure.kind()).isEqualTo(ErrorKind.OUT_OF_RANGE);
    assertThat(failure.message()).isEqualTo("no");
    assertThat(failure.details()).containsEntry("end", "9");
    assertThat(failure.violations()).containsExactly(new Violation("offset", "too large"));
    assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(2));
    assertThat(failure.write()).isInstanceOf(NotAppliedException.class);
  }

  @ParameterizedTest
  @EnumSource(ErrorKind.class)
  void onlyAnAnswerOfTheServerProvesThatNothingHappened(ErrorKind kind) {
    Failure answered = GrpcFailures.of(StatusProto.toStatusRuntimeException(ErrorAnswers.of(kind)));
    assertThat(answered.kind()).isEqualTo(kind);
    // A defect of the server may have come after the write.
    if (kind == ErrorKind.OUTCOME_UNKNOWN || kind == ErrorKind.INTERNAL) {
      assertThat(answered.write()).isInstanceOf(OutcomeUnknownException.class);
    } else {
      assertThat(answered.write()).isInstanceOf(NotAppliedException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "CANCELLED", "DEADLINE_EXCEEDED", "UNKNOWN", "INTERNAL"})
  void aBareStatusLeavesAWriteUnknown(Status.Code code) {
    Failure failure = GrpcFailures.of(code.toStatus().asRuntimeException());
    assertThat(failure.write()).isInstanceOf(OutcomeUnknownException.class);
    assertThat(failure.read().kind()).isEqualTo(failure.kind());
  }

  @Test
  void aConnectionThatNeverWasProvesThatNothingHappened() {
    Failure failure =
        GrpcFailures.of(
            Status.UNAVAILABLE
                .withCause(new ConnectException("Connection refused: localhost:1"))
                .asRuntimeException());
    assertThat(failure.write())
        .isInstanceOf(NotAppliedException.class)
        .hasMessageContaining("Connection refused: localhost:1");
    assertThat(failure.write().retriable()).isTrue();
  }
}
