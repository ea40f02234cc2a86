package io.thermocline.client.wire;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.thermocline.model.ErrorKind;

/** Errors as the server tells them inside its answers. */
public final class ErrorAnswers {
  private ErrorAnswers() {}

  /** One with a detail. */
  public static Status of(ErrorKind kind) {
    return of(kind, "end", "7");
  }

  /** One with this detail. */
  public static Status of(ErrorKind kind, String detail, String value) {
    return Status.newBuilder()
        .setCode(io.grpc.Status.Code.UNAVAILABLE.value())
        .setMessage("refused as " + kind)
        .addDetails(
            Any.pack(
                ErrorInfo.newBuilder().setReason(kind.name()).putMetadata(detail, value).build()))
        .build();
  }
}
