package io.thermocline.client.wire;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.StreamObserver;
import io.thermocline.client.failure.Failure;
import io.thermocline.client.failure.NotAppliedException;
import io.thermocline.client.failure.OutcomeUnknownException;
import io.thermocline.client.failure.ReadFailedException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Plain calls, each within its time. What goes wrong is told by what became of the call. A service
 * is named by the function that makes its stub.
 */
public final class Calls {
  private final ManagedChannel channel;
  private final Duration timeout;
  private final Duration longTimeout;

  Calls(ManagedChannel channel, Duration timeout, Duration longTimeout) {
    this.channel = channel;
    this.timeout = timeout;
    this.longTimeout = longTimeout;
  }

  /**
   * A call that changes nothing.
   *
   * @throws ReadFailedException when it fails
   */
  public <S extends AbstractStub<S>, T> T ask(Function<Channel, S> service, Function<S, T> call) {
    return asked(() -> call.apply(within(timeout, service)));
  }

  /** As {@link #ask}, with more time. */
  public <S extends AbstractStub<S>, T> T askLonger(
      Function<Channel, S> service, Function<S, T> call) {
    return asked(() -> call.apply(within(longTimeout, service)));
  }

  /**
   * As {@link #ask}, for who does not wait: one of them is called back once, on any thread.
   *
   * @param call sends the request and hands over the observer of its answer
   */
  public <S extends AbstractStub<S>, T> void asking(
      Function<Channel, S> service,
      BiConsumer<S, StreamObserver<T>> call,
      Consumer<T> got,
      Consumer<Failure> failed) {
    // Whoever asks decides how long to wait between two tries, not the channel.
    channel.resetConnectBackoff();
    call.accept(within(timeout, service), new OneAnswer<>(got, failed));
  }

  /** As {@link #askLonger}, for a call that answers in parts: all of them come within the time. */
  public <S extends AbstractStub<S>, T> AnswerParts<T> askInParts(
      Function<Channel, S> service, Function<S, Iterator<T>> call) {
    return AnswerParts.of(() -> call.apply(within(longTimeout, service)));
  }

  /** As {@link #askInParts}, however long that takes. */
  public <S extends AbstractStub<S>, T> AnswerParts<T> follow(
      Function<Channel, S> service, Function<S, Iterator<T>> call) {
    return AnswerParts.of(() -> call.apply(service.apply(channel)));
  }

  /**
   * A call that changes something.
   *
   * @throws NotAppliedException when it surely has not
   * @throws OutcomeUnknownException when it failed otherwise
   */
  public <S extends AbstractStub<S>, T> T change(
      Function<Channel, S> service, Function<S, T> call) {
    return changed(() -> call.apply(within(timeout, service)));
  }

  /** As {@link #change}, with more time. */
  public <S extends AbstractStub<S>, T> T changeLonger(
      Function<Channel, S> service, Function<S, T> call) {
    return changed(() -> call.apply(within(longTimeout, service)));
  }

  private <S extends AbstractStub<S>> S within(Duration time, Function<Channel, S> service) {
    return service.apply(channel).withDeadlineAfter(time.toNanos(), TimeUnit.NANOSECONDS);
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
