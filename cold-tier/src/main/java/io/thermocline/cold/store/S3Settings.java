package io.thermocline.cold.store;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * How an S3-compatible store is reached.
 *
 * @param endpoint empty means AWS itself, in {@code region}
 * @param region as the store names it; stores without regions take any
 * @param pathStyle whether the bucket stands in the path rather than in the host name; most stores
 *     other than AWS want it
 * @param credentials empty means what the environment gives: variables, profile or role
 * @param checksums which checksums guard requests
 */
public record S3Settings(
    Optional<URI> endpoint,
    String region,
    boolean pathStyle,
    Optional<Credentials> credentials,
    Checksums checksums) {

  /**
   * A key pair.
   *
   * @param accessKey names the account
   * @param secretKey never printed
   */
  public record Credentials(String accessKey, Secret secretKey) {
    public Credentials {
      Objects.requireNonNull(secretKey, "secretKey");
      if (accessKey.isBlank()) {
        throw new IllegalArgumentException("The access key is blank");
      }
    }
  }

  /** Which checksums guard what is sent. */
  public enum Checksums {
    /** CRC32C, which the store checks and keeps: AWS, MinIO and most others. */
    WHEN_SUPPORTED,
    /** MD5 alone, as every S3-compatible store knows it; for those that refuse the newer ones. */
    WHEN_REQUIRED
  }

  public S3Settings {
    Objects.requireNonNull(endpoint, "endpoint");
    Objects.requireNonNull(credentials, "credentials");
    Objects.requireNonNull(checksums, "checksums");
    if (region.isBlank()) {
      throw new IllegalArgumentException(
          "The region is blank; use us-east-1 where it is no matter");
    }
    endpoint.ifPresent(S3Settings::checkEndpoint);
  }

  private static void checkEndpoint(URI endpoint) {
    String scheme = String.valueOf(endpoint.getScheme());
    if (!scheme.matches("https?") || endpoint.getHost() == null || endpoint.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "Not an endpoint: %s; write http(s)://host[:port]".formatted(redacted(endpoint)));
    }
  }

  private static String redacted(URI endpoint) {
    return endpoint.toString().replaceAll("//[^/@]*@", "//***@");
  }

  /** AWS in us-east-1, with what the environment gives as credentials. */
  public static S3Settings defaults() {
    return new S3Settings(
        Optional.empty(), "us-east-1", false, Optional.empty(), Checksums.WHEN_SUPPORTED);
  }

  /** A store at an address of its own, buckets in the path, with a key pair. */
  public static S3Settings at(URI endpoint, String accessKey, Secret secretKey) {
    return new S3Settings(
        Optional.of(endpoint),
        "us-east-1",
        true,
        Optional.of(new Credentials(accessKey, secretKey)),
        Checksums.WHEN_SUPPORTED);
  }
}
