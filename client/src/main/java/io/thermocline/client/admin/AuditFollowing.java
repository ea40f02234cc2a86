package io.thermocline.client.admin;

import io.thermocline.client.failure.Failure;
import io.thermocline.client.wire.AnswerParts;
import io.thermocline.client.wire.Calls;
import io.thermocline.model.ErrorKind;
import io.thermocline.proto.v1.TieringServiceGrpc;
import io.thermocline.proto.v1.VerifyRequest;
import io.thermocline.proto.v1.VerifyResponse;
import java.util.Iterator;

/** Follows an audit of the server to its end, however long it takes. */
record AuditFollowing(Calls calls) {

  /** Tells the listener all that the server finds. When the listener throws, the audit ends. */
  AuditReport.Totals follow(VerifyRequest request, AuditReport.Listener listener) {
    try (AnswerParts<VerifyResponse> parts =
        calls.follow(TieringServiceGrpc::newBlockingStub, tiering -> tiering.verify(request))) {
      return tell(parts, listener);
    }
  }

  private static AuditReport.Totals tell(
      Iterator<VerifyResponse> responses, AuditReport.Listener listener) {
    while (responses.hasNext()) {
      VerifyResponse response = responses.next();
      response.getFindingsList().forEach(finding -> listener.found(AdminAnswers.finding(finding)));
      if (response.getComplete()) {
        return AdminAnswers.totals(response.getProgress());
      }
      if (response.hasProgress()) {
        listener.progress(AdminAnswers.totals(response.getProgress()));
      }
    }
    throw Failure.of(ErrorKind.INTERNAL, "The server ended the audit before it was complete")
        .read();
  }
}
