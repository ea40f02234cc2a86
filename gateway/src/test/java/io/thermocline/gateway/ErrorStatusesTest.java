package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.ThermoclineException.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorStatusesTest {
  @ParameterizedTest
  @EnumSource(ErrorKind.class)
  void eachKindIsToldByNameUnderACodeThatIsNotOk(ErrorKind kind) {
    com.google.rpc.Status status =
        ErrorStatuses.toProto(new ThermoclineException(kind, "what was wrong"));
    assertThat(status.getCode()).isNotEqualTo(Status.Code.OK.value());
    assertThat(detail(status, ErrorInfo.class).orElseThrow().getReason()).isEqualTo(kind.name());
    assertThat(detail(status, ErrorInfo.class).orElseThrow().getDomain())
        .isEqualTo("thermocline.io");
    assertThat(detail(status, RetryInfo.class).isPresent())
        .as("only what may succeed when it is repeated says when to repeat it")
        .isEqualTo(kind == ErrorKind.TRANSIENT || kind == ErrorKind.EXHAUSTED);
  }

  @Test
  void unknownOutcomeIsNeverUnavailableAsClientsRepeatThat() {
    assertThat(ErrorStatuses.codeOf(ErrorKind.OUTCOME_UNKNOWN)).isEqualTo(Status.Code.UNKNOWN);
    assertThat(List.of(ErrorKind.values()))
        .filteredOn(kind -> ErrorStatuses.codeOf(kind) == Status.Code.UNAVAILABLE)
        .containsExactly(ErrorKind.TRANSIENT);
  }

  @Test
  void detailsAndViolationsReachTheWire() {
    com.google.rpc.Status status =
        ErrorStatuses.toProto(
            new CompletionException(
                new ThermoclineException(ErrorKind.INVALID, "two things")
                    .with(Map.of("logStart", "3"))
                    .with(List.of(new Violation("a", "is wrong"), new Violation("b", "too")))));
    assertThat(status.getMessage()).isEqualTo("two things");
    assertThat(detail(status, ErrorInfo.class).orElseThrow().getMetadataMap())
        .containsEntry("logStart", "3");
    assertThat(detail(status, BadRequest.class).orElseThrow().getFieldViolationsList())
        .extracting(BadRequest.FieldViolation::getField)
        .containsExactly("a", "b");
  }

  @Test
  void defectTellsAnIdAndNothingOfWhatHappened() {
    com.google.rpc.Status status =
        ErrorStatuses.toProto(new IllegalStateException("a secret of the server"));
    assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL.value());
    assertThat(status.toString()).doesNotContain("secret");
    assertThat(status.getMessage())
        .contains(detail(status, ErrorInfo.class).orElseThrow().getMetadataOrThrow("id"));
  }

  @Test
  void fullPoolIsExhausted() {
    assertThat(ErrorStatuses.toProto(new RejectedExecutionException("full")).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
  }

  static <T extends Message> Optional<T> detail(com.google.rpc.Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return Optional.of(any.unpack(type));
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError("A detail that can't be read", e);
        }
      }
    }
    return Optional.empty();
  }
}
