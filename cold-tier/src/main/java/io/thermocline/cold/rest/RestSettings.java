package io.thermocline.cold.rest;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What readers of the tables are given to reach the files. Never the server's own keys.
 *
 * @param vending empty: nothing, readers bring credentials of their own
 */
public record RestSettings(Optional<Sts> vending) {
  /**
   * Short-lived credentials, cut down to reading one table's files.
   *
   * @param roleArn the role they are taken in, which must be allowed to read the warehouse
   * @param endpoint where tokens are made; empty means AWS's own in the store's region
   * @param lifetime of the credentials, 15 minutes at least, as the service demands
   */
  public record Sts(String roleArn, Optional<URI> endpoint, Duration lifetime) {
    private static final Duration LEAST = Duration.ofMinutes(15);

    public Sts {
      Objects.requireNonNull(endpoint, "endpoint");
      if (roleArn.isBlank()) {
        throw new IllegalArgumentException("The role's ARN is blank");
      }
      if (lifetime.compareTo(LEAST) < 0) {
        throw new IllegalArgumentException(
            "Credentials live %s at least, not %s".formatted(LEAST, lifetime));
      }
    }
  }

  /** Nothing is given out. */
  public static RestSettings withoutCredentials() {
    return new RestSettings(Optional.empty());
  }
}
