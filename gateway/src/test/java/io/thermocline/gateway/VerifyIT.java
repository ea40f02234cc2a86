package io.thermocline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

      assertThat(responses.get(0).getProgress().getTopics()).isZero();
      AuditFinding finding = responses.get(1).getFindings(0);
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
            VerifyResponse began = gateway.tieringCalls().verify(ALL).next();
            assertThat(began.getComplete()).isFalse();
          });
      assertThat(codeOfAnother(gateway)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

      boolean unused = call.cancel(null);
      Await.until("there is a place again", () -> codeOfAnother(gateway) == null);
    }
  }

  /** Null when it began: then it is given up. The pace of a byte a second lets none end. */
  private static Status.Code codeOfAnother(OpenGateway gateway) {
    Context.CancellableContext call = Context.current().withCancellation();
    try {
      return call.call(
          () -> {
            VerifyResponse began = gateway.tieringCalls().verify(ALL).next();
            assertThat(began.getComplete()).isFalse();
            return null;
          });
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
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
      assertThatThrownBy(() -> gateway.tieringCalls().verify(unknown).next())
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
    assertThat(responses.next().getComplete()).isFalse();

    gateway.server.close();

    assertThatThrownBy(responses::next)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("shutting down: verify again later");
    gateway.close();
  }
}
