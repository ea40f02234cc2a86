package io.thermocline.gateway;

import io.grpc.stub.ServerCallStreamObserver;
import io.thermocline.gateway.audit.AuditTotals;
import io.thermocline.gateway.audit.AuditWatch;
import io.thermocline.gateway.stream.OpenStreams;
import io.thermocline.gateway.wire.Wire;
import io.thermocline.model.AuditFinding;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.Pace;
import io.thermocline.model.ThermoclineException;
import io.thermocline.proto.v1.AuditProgress;
import io.thermocline.proto.v1.AuditSeverity;
import io.thermocline.proto.v1.VerifyResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One Verify call: runs an audit on the thread that calls {@link #run}, at a pace, and sends what
 * it finds when the peer takes it. Whoever takes nothing for long, or hangs up, ends the audit.
 */
final class AuditCall implements AuditWatch, OpenStreams.Draining {
  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ServerCallStreamObserver<VerifyResponse> out;
  private final OpenStreams open;
  private final Pace pace;
  private long toldAt = System.nanoTime();

  /** Guarded by this. */
  private boolean draining;

  AuditCall(
      ServerCallStreamObserver<VerifyResponse> out, OpenStreams open, long maxBytesPerSecond) {
    this.out = out;
    this.open = open;
    this.pace = new Pace(maxBytesPerSecond, System::nanoTime, this::rest);
    out.setOnReadyHandler(this::wake);
    out.setOnCancelHandler(this::wake);
  }

  /**
   * Runs the audit to its end; the call is over then.
   *
   * @param whenOver called once, before the caller can know that it is: the next one may begin
   */
  void run(Function<AuditWatch, AuditTotals> audit, Runnable whenOver) {
    open.add(this);
    try {
      AuditTotals totals;
      try {
        // So that the caller knows that it has begun.
        send(VerifyResponse.newBuilder().setProgress(wire(AuditTotals.NONE)));
        totals = audit.apply(this);
      } finally {
        whenOver.run();
      }
      send(VerifyResponse.newBuilder().setProgress(wire(totals)).setComplete(true));
      out.onCompleted();
    } catch (RuntimeException | Error failure) {
      out.onError(failure);
    } finally {
      open.remove(this);
    }
  }

  private synchronized void wake() {
    notifyAll();
  }

  @Override
  public synchronized void drain() {
    draining = true;
    notifyAll();
  }

  @Override
  public void reading(long bytes) {
    requireWanted();
    pace.take(bytes);
    requireWanted();
  }

  @Override
  public void progress(AuditTotals soFar) {
    if (System.nanoTime() - toldAt >= TELL_NANOS && out.isReady()) {
      send(VerifyResponse.newBuilder().setProgress(wire(soFar)));
    }
  }

  @Override
  public void found(AuditFinding finding) {
    send(VerifyResponse.newBuilder().addFindings(wire(finding)));
  }

  private void send(VerifyResponse.Builder response) {
    if (!await(PATIENCE, true)) {
      throw new ThermoclineException(
          ErrorKind.DEADLINE_EXCEEDED,
          "Nobody took what the audit found within " + PATIENCE + ": verify again");
    }
    requireWanted();
    out.onNext(response.build());
    toldAt = System.nanoTime();
  }

  /** Waits, unless the audit is to end. */
  private void rest(Duration time) {
    boolean unused = await(time, false);
  }

  /** Returns whether the peer takes more, or is gone. */
  private synchronized boolean await(Duration time, boolean untilReady) {
    long end = System.nanoTime() + time.toNanos();
    while (!out.isCancelled() && !draining && !(untilReady && out.isReady())) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ThermoclineException(ErrorKind.TRANSIENT, "Interrupted", e);
      }
    }
    return true;
  }

  private synchronized void requireWanted() {
    if (out.isCancelled()) {
      throw new ThermoclineException(ErrorKind.TRANSIENT, "The caller hung up");
    }
    if (draining) {
      throw new ThermoclineException(
          ErrorKind.TRANSIENT, "The server is shutting down: verify again later");
    }
  }

  private static AuditProgress wire(AuditTotals totals) {
    return AuditProgress.newBuilder()
        .setTopics(totals.topics())
        .setPartitions(totals.partitions())
        .setHotBatches(totals.batches())
        .setHotRecords(totals.hotRecords())
        .setHotBytes(totals.hotBytes())
        .setTables(totals.tables())
        .setFiles(totals.files())
        .setColdRecords(totals.coldRecords())
        .setColdBytes(totals.coldBytes())
        .build();
  }

  private static io.thermocline.proto.v1.AuditFinding wire(AuditFinding finding) {
    io.thermocline.proto.v1.AuditFinding.Builder wire =
        io.thermocline.proto.v1.AuditFinding.newBuilder()
            .setSeverity(
                switch (finding.severity()) {
                  case DAMAGE -> AuditSeverity.AUDIT_SEVERITY_DAMAGE;
                  case NOTE -> AuditSeverity.AUDIT_SEVERITY_NOTE;
                })
            .setPlace(finding.place())
            .setProblem(finding.problem());
    finding
        .partition()
        .ifPresent(id -> wire.setTopic(id.topic().name()).setPartition(id.partition()));
    finding.offsets().ifPresent(offsets -> wire.setOffsets(Wire.range(offsets)));
    return wire.build();
  }
}
