package io.thermocline.client.failure;

/** A write that surely had no effect. */
public sealed class NotAppliedException extends ClientException permits BufferFullException {
  private static final long serialVersionUID = 1L;

  NotAppliedException(Failure failure) {
    super(failure);
  }
}
