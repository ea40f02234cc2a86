package io.thermocline.client.failure;

/**
 * A write that may have happened, or may still: the connection ended, or time ran out, between the
 * request and its answer. Look before repeating it.
 */
public final class OutcomeUnknownException extends ClientException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(Failure failure) {
    super(failure);
  }

  /** Never: repeating it might apply it twice. */
  @Override
  public boolean retriable() {
    return false;
  }
}
