package io.thermocline.client.failure;

/** A question that was not answered. Nothing was changed by asking. */
public sealed class ReadFailedException extends ClientException permits DataLostException {
  private static final long serialVersionUID = 1L;

  ReadFailedException(Failure failure) {
    super(failure);
  }
}
