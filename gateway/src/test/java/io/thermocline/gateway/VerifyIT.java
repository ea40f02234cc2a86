package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.thermocline.model.TopicPartition;
import io.thermocline.proto.v1.AuditFinding;
import io.thermocline.proto.v1.AuditSeverity;
import io.thermocline.proto.v1.VerifyRequest;
import io.thermocline.proto.v1.VerifyResponse;
import io.thermocline.testkit.Await;
import io.thermocline.testkit.Records;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Verify call: what it sends, and that there is one at a time, which can be given up. */
class VerifyIT {
  private static final VerifyRequest ALL =
      VerifyRequest.newBuilder().setSkipSecondReader(true).build();

  @Test
  void sendsFindingsAndAtLastWhatWasLookedAt() {
    try (OpenGateway gateway = new OpenGateway()) {
      TopicPartition id = gateway.partition("t");
      gateway.append(id, Records.plain(0, 10));
      long unused = gateway.tiering.tier(id);
      gateway.memoryCold.degrade(id, "somebody wrote to it");

      List<VerifyResponse> responses = new ArrayList<>();
      gateway.tieringCalls().verify(ALL).forEachRemaining(responses::add);

      AuditFinding finding = responses.get(0).getFindings(0);
      assertThat(finding.getSeverity()).isEqualTo(AuditSeverity.AUDIT_SEVERITY_DAMAGE);
      assertThat(finding.getTopic()).isEqualTo("t");
      assertThat(finding.getProblem()).isEqualTo("somebody wrote to it");
      assertThat(finding.hasOffsets()).isFalse();
      VerifyResponse last = responses.get(responses.size() - 1);
      assertThat(last.getComplete()).isTrue();
      assertThat(last.getProgress().getHotRecords()).isEqualTo(10);
      assertThat(last.getProgress().getFiles()).isEqualTo(1);
    }
  }

  @Test
  void runsOneAtATimeAndEndsWhenItsCallerHangsUp() {
    try (OpenGateway gateway = new OpenGateway(settings -> settings.verifyingAt(1))) {
      TopicPartition id = gateway.partition("t");
      gateway.append(id, Records.plain(0, 10));
      Context.CancellableContext call = Context.current().withCancellation();
      call.run(
          () -> {
            Iterator<VerifyResponse> unused = gateway.tieringCalls().verify(ALL);
          });
      Await.until("the first one runs", () -> codeOfAnother(gateway) != null);
      assertThat(codeOfAnother(gateway)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

      boolean unused = call.cancel(null);
      Await.until("there is a place again", () -> codeOfAnother(gateway) == null);
    }
  }

  /** The pace is a byte a second, so an audit that began has not ended yet: it is given up. */
  private static Status.Code codeOfAnother(OpenGateway gateway) {
    Context.CancellableContext call = Context.current().withCancellation();
    try {
      return call.call(
          () -> {
            Iterator<VerifyResponse> responses =
                gateway
                    .tieringCalls()
                    .withDeadlineAfter(300, java.util.concurrent.TimeUnit.MILLISECONDS)
                    .verify(ALL);
            responses.next();
            return null;
          });
    } catch (StatusRuntimeException e) {
      Status.Code code = e.getStatus().getCode();
      return code == Status.Code.DEADLINE_EXCEEDED ? null : code;
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      boolean unused = call.cancel(null);
    }
  }

  @Test
  void aTopicThatIsNotThereIsRefused() {
    try (OpenGateway gateway = new OpenGateway()) {
      VerifyRequest unknown = VerifyRequest.newBuilder().setTopic("no").build();
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> gateway.tieringCalls().verify(unknown).next())
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }
  }

  @Test
  void aServerThatStopsDoesNotWaitForIt() {
    OpenGateway gateway = new OpenGateway(settings -> settings.verifyingAt(1));
    TopicPartition id = gateway.partition("t");
    gateway.append(id, Records.plain(0, 10));
    Iterator<VerifyResponse> responses = gateway.tieringCalls().verify(ALL);
    Await.until("it runs", () -> codeOfAnother(gateway) == Status.Code.RESOURCE_EXHAUSTED);

    gateway.close();

    org.assertj.core.api.Assertions.assertThatThrownBy(responses::next)
        .isInstanceOf(StatusRuntimeException.class);
  }
}
