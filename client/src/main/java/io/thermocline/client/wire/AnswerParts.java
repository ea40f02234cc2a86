package io.thermocline.client.wire;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.thermocline.client.failure.ReadFailedException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * The answer of one call, part by part as it comes. Close it, also when it was read to the end:
 * that ends the call, if it still runs. For one thread.
 */
public final class AnswerParts<T> implements Iterator<T>, AutoCloseable {
  private final Context.CancellableContext context;
  private final Iterator<T> parts;

  private AnswerParts(Context.CancellableContext context, Iterator<T> parts) {
    this.context = context;
    this.parts = parts;
  }

  /** Makes the call so that it can be ended. */
  static <T> AnswerParts<T> of(Supplier<Iterator<T>> call) {
    Context.CancellableContext context = Context.current().withCancellation();
    try {
      return new AnswerParts<>(context, context.call(call::get));
    } catch (StatusRuntimeException e) {
      context.close();
      throw GrpcFailures.of(e).read();
    } catch (RuntimeException e) {
      context.close();
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("A supplier throws unchecked exceptions only", e);
    }
  }

  /**
   * Waits for the next part, or the end.
   *
   * @throws ReadFailedException when the call fails
   */
  @Override
  public boolean hasNext() {
    try {
      return parts.hasNext();
    } catch (StatusRuntimeException e) {
      context.close();
      throw GrpcFailures.of(e).read();
    }
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return parts.next();
  }

  @Override
  public void close() {
    context.close();
  }
}
