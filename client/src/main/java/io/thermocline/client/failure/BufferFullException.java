package io.thermocline.client.failure;

import io.thermocline.model.ErrorKind;

/**
 * The producer's buffer stayed full for {@link
 * io.thermocline.client.producer.ProducerOptions#maxBlock()}: the record was not taken. The server
 * is slower than the sender, or away.
 */
public final class BufferFullException extends NotAppliedException {
  private static final long serialVersionUID = 1L;

  /** With a message that says how large the buffer is. */
  public BufferFullException(String message) {
    super(Failure.of(ErrorKind.EXHAUSTED, message));
  }
}
