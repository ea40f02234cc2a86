package io.thermocline.cold.store;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Opens stores on one S3 server through one client library.
 *
 * @param scheme {@code s3} or {@code minio}
 */
record S3TestStores(
    String scheme, S3Settings.Checksums checksums, String accessKey, String secretKey) {

  /** A store with small parts, three attempts, and this time for each. */
  ObjectStore open(String bucket, URI endpoint, Duration attempt) {
    S3Settings s3 =
        new S3Settings(
            Optional.of(endpoint),
            "us-east-1",
            true,
            Optional.of(new S3Settings.Credentials(accessKey, Secret.of(secretKey))),
            checksums);
    StoreSettings settings =
        new StoreSettings(
            URI.create(scheme + "://" + bucket + "/lake/one"),
            s3,
            Duration.ofSeconds(2),
            attempt,
            attempt.multipliedBy(2),
            3,
            8,
            8,
            ObjectStoreContract.PART_BYTES);
    return ObjectStores.open(settings, new SimpleMeterRegistry(), InstantSource.system());
  }
}
