package io.thermocline.server.demo;

/** The demo saw something that must never be: a lost, doubled, reordered or changed record. */
final class DemoFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DemoFailedException(String message) {
    super(message);
  }
}
