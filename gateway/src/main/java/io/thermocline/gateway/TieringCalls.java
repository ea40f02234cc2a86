package io.thermocline.gateway;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import io.thermocline.model.TopicId;
import io.thermocline.model.TopicRegistry;
import io.thermocline.proto.v1.GetTieringStatusRequest;
import io.thermocline.proto.v1.GetTieringStatusResponse;
import io.thermocline.proto.v1.RunTieringRequest;
import io.thermocline.proto.v1.RunTieringResponse;
import io.thermocline.proto.v1.TieringMove;
import io.thermocline.proto.v1.TieringServiceGrpc;
import io.thermocline.proto.v1.TieringStatus;
import io.thermocline.proto.v1.VerifyRequest;
import io.thermocline.proto.v1.VerifyResponse;
import io.thermocline.tiering.Tiering;
import java.util.Optional;

/** {@code TieringService}. */
final class TieringCalls extends TieringServiceGrpc.TieringServiceImplBase {
  private final Tiering tiering;
  private final TopicRegistry topics;
  private final Unary unary;
  private final Unary slow;
  private final AuditContext audits;
  private final ColdCounts counts;

  TieringCalls(GatewayParts parts, Unary unary, Unary slow, AuditContext audits) {
    this.tiering = parts.tiering();
    this.topics = parts.topics();
    this.unary = unary;
    this.slow = slow;
    this.audits = audits;
    this.counts = new ColdCounts(parts.metrics());
  }

  private Optional<TopicId> named(String topic) {
    return topic.isEmpty() ? Optional.empty() : Optional.of(topics.require(topic).id());
  }

  @Override
  public void getTieringStatus(
      GetTieringStatusRequest request, StreamObserver<GetTieringStatusResponse> out) {
    unary.answer(
        out,
        () -> {
          GetTieringStatusResponse.Builder answer = GetTieringStatusResponse.newBuilder();
          tiering
              .status(named(request.getTopic()))
              .forEach(status -> answer.addPartitions(wire(status)));
          answer.addAllCommits(counts.commits()).addAllCaches(counts.caches());
          return answer.build();
        });
  }

  private static TieringStatus wire(Tiering.PartitionStatus status) {
    TieringStatus.Builder wire =
        TieringStatus.newBuilder()
            .setTopic(status.id().topic().name())
            .setPartition(status.id().partition())
            .setEnabled(status.enabled())
            .setLogStart(status.logStart())
            .setHotStart(status.hotStart())
            .setTieredTo(status.tieredTo())
            .setEnd(status.end())
            .setLagBytes(status.lagBytes());
    status.lag().ifPresent(lag -> wire.setLag(Wire.duration(lag)));
    status.oldestUntiered().ifPresent(oldest -> wire.setOldestUntiered(Wire.timestamp(oldest)));
    wire.setColdFiles(status.coldFiles()).setColdBytes(status.coldBytes());
    status.problem().ifPresent(wire::setProblem);
    return wire.build();
  }

  @Override
  public void runTiering(RunTieringRequest request, StreamObserver<RunTieringResponse> out) {
    slow.answer(
        out,
        () -> {
          RunTieringResponse.Builder answer = RunTieringResponse.newBuilder();
          tiering
              .runNow(named(request.getTopic()), request.getTrimAll())
              .forEach(run -> answer.addMoves(wire(run)));
          return answer.build();
        });
  }

  @Override
  public void verify(VerifyRequest request, StreamObserver<VerifyResponse> out) {
    Optional<TopicId> topic = named(request.getTopic());
    AuditCall call =
        new AuditCall(
            (ServerCallStreamObserver<VerifyResponse>) out,
            audits.open(),
            audits.maxBytesPerSecond());
    if (!audits.place().tryAcquire()) {
      throw new ThermoclineException(
          ErrorKind.EXHAUSTED, "An audit runs already, one at a time: try later");
    }
    Runnable whenOver = audits.place()::release;
    try {
      audits
          .thread()
          .execute(
              () ->
                  call.run(
                      watch -> audits.audit().run(topic, !request.getSkipSecondReader(), watch),
                      whenOver));
    } catch (RuntimeException refused) {
      whenOver.run();
      throw refused;
    }
  }

  private static TieringMove wire(Tiering.PartitionRun run) {
    TieringMove.Builder wire =
        TieringMove.newBuilder()
            .setTopic(run.id().topic().name())
            .setPartition(run.id().partition())
            .setTiered(Wire.range(run.tiered()))
            .setRecords(run.records())
            .setFiles(run.files())
            .setColdBytes(run.coldBytes())
            .setHotStart(run.hotStart())
            .setLogStart(run.logStart());
    run.problem().ifPresent(wire::setProblem);
    return wire.build();
  }
}
