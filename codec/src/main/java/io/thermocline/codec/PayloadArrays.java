package io.thermocline.codec;

/** Arrays of one size that payloads are built in. Thread-safe. */
public interface PayloadArrays {
  /** How long each of them is. */
  int length();

  /** An array that nobody else has; its content is of no meaning. */
  byte[] take();
}
