package io.thermocline.client.producer;

import io.thermocline.client.failure.Failure;
import java.util.function.Consumer;

/** Gives producers their identities, at once or when a test says so. */
final class FakeIdentities implements ProducerIdentity.Giver {
  private static final int WINDOW = 64;

  int asked;

  /** What it answers instead of an identity; null for none. */
  Failure failure;

  /** Whether it keeps who asks waiting. */
  boolean silent;

  int window = WINDOW;

  @Override
  public void ask(Consumer<ProducerIdentity> got, Consumer<Failure> failed) {
    asked++;
    if (silent) {
      return;
    }
    if (failure != null) {
      failed.accept(failure);
    } else {
      got.accept(new ProducerIdentity(asked, window));
    }
  }
}
