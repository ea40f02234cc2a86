package io.thermocline.client;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Plain calls, each within its time. What goes wrong is told by what became of the call. A service
 * is named by the function that makes its stub.
 */
record Calls(Channel channel, ClientOptions options) {

  /**
   * A call that changes nothing.
   *
   * @throws ReadFailedException when it fails
   */
  <S extends AbstractStub<S>, T> T ask(Function<Channel, S> service, Function<S, T> call) {
    return asked(() -> call.apply(within(options.requestTimeout(), service)));
  }

  /** As {@link #ask}, with more time. */
  <S extends AbstractStub<S>, T> T askLonger(Function<Channel, S> service, Function<S, T> call) {
    return asked(() -> call.apply(longer(service)));
  }

  /**
   * A call that changes something.
   *
   * @throws NotAppliedException when it surely has not
   * @throws OutcomeUnknownException when it failed otherwise
   */
  <S extends AbstractStub<S>, T> T change(Function<Channel, S> service, Function<S, T> call) {
    return changed(() -> call.apply(within(options.requestTimeout(), service)));
  }

  /** As {@link #change}, with more time. */
  <S extends AbstractStub<S>, T> T changeLonger(Function<Channel, S> service, Function<S, T> call) {
    return changed(() -> call.apply(longer(service)));
  }

  /** For a call that answers in parts, with the longer time for all of them. */
  <S extends AbstractStub<S>> S longer(Function<Channel, S> service) {
    return within(options.longRequestTimeout(), service);
  }

  private <S extends AbstractStub<S>> S within(Duration timeout, Function<Channel, S> service) {
    return service.apply(channel).withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static <T> T asked(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw GrpcFailures.of(e).read();
    }
  }

  private static <T> T changed(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw GrpcFailures.of(e).write();
    }
  }
}
