package io.thermocline.gateway;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.thermocline.gateway.wire.ErrorStatuses;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands around every call: refuses more than may be open at once, turns whatever a call ends with
 * into a rich status, and counts and times it.
 */
final class CallGuard implements ServerInterceptor {
  private final int maxOpen;
  private final MeterRegistry metrics;
  private final AtomicInteger open = new AtomicInteger();

  /** Calls that would stay open for as long as the server does. */
  private final Set<GuardedCall<?, ?>> watches = ConcurrentHashMap.newKeySet();

  CallGuard(int maxOpen, MeterRegistry metrics) {
    this.maxOpen = maxOpen;
    this.metrics = metrics;
    metrics.gauge("thermocline.grpc.open", open);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    GuardedCall<Q, A> guarded = new GuardedCall<>(call, System.nanoTime());
    if (open.incrementAndGet() > maxOpen) {
      guarded.fail(
          new ThermoclineException(
              ErrorKind.EXHAUSTED,
              "Too many calls are open, the limit is %d: end some, or wait".formatted(maxOpen)));
      return new ServerCall.Listener<>() {};
    }
    if (call.getMethodDescriptor().equals(HealthGrpc.getWatchMethod())) {
      watches.add(guarded);
    }
    try {
      return new GuardedListener<>(next.startCall(guarded, headers), guarded);
    } catch (RuntimeException | Error failure) {
      guarded.fail(failure);
      return new ServerCall.Listener<>() {};
    }
  }

  /** Ends those who watch the server's health: once they know that it ends, there is no more. */
  void endWatches() {
    for (GuardedCall<?, ?> watch : watches) {
      watch.fail(
          new ThermoclineException(
              ErrorKind.TRANSIENT, "The server is shutting down: watch another"));
    }
  }

  private final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final long startNanos;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean closed;

    GuardedCall(ServerCall<Q, A> call, long startNanos) {
      super(call);
      this.startNanos = startNanos;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closed = true;
      Throwable cause = status.getCause();
      boolean told = cause instanceof StatusRuntimeException || cause instanceof StatusException;
      if (!status.isOk() && cause != null && !told) {
        StatusRuntimeException rich = ErrorStatuses.toException(cause);
        if (rich.getTrailers() != null) {
          trailers.merge(rich.getTrailers());
        }
        over(rich.getStatus().getCode());
        super.close(rich.getStatus(), trailers);
      } else {
        over(status.getCode());
        super.close(status, trailers);
      }
    }

    void fail(Throwable failure) {
      if (!closed) {
        close(Status.UNKNOWN.withCause(failure), new Metadata());
      }
    }

    void over(Status.Code code) {
      if (over.compareAndSet(false, true)) {
        open.decrementAndGet();
        watches.remove(this);
        Timer.builder("thermocline.grpc.calls")
            .description("Calls that ended")
            .tag("method", getMethodDescriptor().getFullMethodName())
            .tag("code", code.name())
            .register(metrics)
            .record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
      }
    }
  }

  /** Ends the call when a step of it throws, and hands in nothing more after that. */
  private static final class GuardedListener<Q, A> extends SimpleForwardingServerCallListener<Q> {
    private final GuardedCall<Q, A> call;

    GuardedListener(ServerCall.Listener<Q> listener, GuardedCall<Q, A> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      guard(() -> super.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      guard(super::onHalfClose);
    }

    @Override
    public void onReady() {
      guard(super::onReady);
    }

    @Override
    public void onCancel() {
      call.over(Status.Code.CANCELLED);
      super.onCancel();
    }

    /** Whoever serves the call did not end it: gRPC did, as what came was no message. */
    @Override
    public void onComplete() {
      if (call.closed) {
        super.onComplete();
      } else {
        call.over(Status.Code.UNKNOWN);
        super.onCancel();
      }
    }

    private void guard(Runnable step) {
      if (call.closed) {
        return;
      }
      try {
        step.run();
      } catch (RuntimeException | Error failure) {
        call.fail(failure);
        super.onCancel();
      }
    }
  }
}
